package import Agreements
package import Database
import Exchange
package import Rating
package import Values

/// Where a request stands.
package enum RequestState: String, CaseIterable, Sendable {
    /// Nobody has looked at it yet.
    case new
    /// It is being worked on, or will be.
    case open
    /// The client has to answer first.
    case waiting
    /// It is finished.
    case done
    /// It will not be done.
    case declined
    /// It goes on as a part of another.
    case merged

    /// Whether nothing more is to be done about it.
    package var isOver: Bool { self == .done || self == .declined || self == .merged }

    /// As people read it.
    package var name: String { self == .waiting ? "waiting for the client" : rawValue }
}

/// A request as lists show it: what the facts about it add up to.
package struct RequestRow: Hashable, Sendable {
    /// Its id.
    package var id: RequestID
    /// Whose it is.
    package var client: ClientID
    /// The line it is on.
    package var serviceLine: ServiceLineID
    /// Its project.
    package var project: ProjectID?
    /// What it is about.
    package var title: String
    /// Where it stands. One that came with a tracker's time, before anybody triaged anything, is open.
    package var state: RequestState
    /// The member of staff whose it is.
    package var assignee: String?
    /// The kind of work that is expected.
    package var workType: WorkTypeID?
    /// The day on which it comes back to the lists.
    package var snoozedUntil: CivilDate?
    /// The request that it goes on in.
    package var mergedInto: RequestID?
    /// When it was opened.
    package var openedAt: Instant
    /// When the client was first answered, or the request done without a word.
    package var firstAnswerAt: Instant?
    /// The number of the last fact about it.
    package var changedSeq: Int

    /// A request as it was opened; nil where the fact is of another kind.
    init?(_ fact: FactPieces, seq: Int) throws {
        guard fact.kind == "request" else { return nil }
        let texts = try fact.texts
        id = RequestID(texts["id"] ?? "")
        client = ClientID(texts["client"] ?? "")
        serviceLine = ServiceLineID(texts["service_line"] ?? "")
        project = texts["project"].map { ProjectID($0) }
        title = texts["title"] ?? FactPieces.erased
        state = .open
        openedAt = fact.recordedAt
        changedSeq = seq
    }

    /// A row of the table.
    package init(_ row: any SQLRow) {
        id = RequestID(row.text(0))
        client = ClientID(row.text(1))
        serviceLine = ServiceLineID(row.text(2))
        project = row.optionalText(3).map { ProjectID($0) }
        title = row.text(4)
        state = RequestState(rawValue: row.text(5)) ?? .open
        assignee = row.optionalText(6)
        workType = row.optionalText(7).map { WorkTypeID($0) }
        snoozedUntil = row.integer(8) == 0 ? nil : CivilDate(day: row.integer(8))
        mergedInto = row.optionalText(9).map { RequestID($0) }
        openedAt = Instant(seconds: row.integer(10))
        firstAnswerAt = row.optionalInteger(11).map { Instant(seconds: $0) }
        changedSeq = row.integer(12)
    }

    /// What a later fact makes of it.
    mutating func take(_ fact: FactPieces, seq: Int) throws {
        let texts = try fact.texts
        switch fact.kind {
        case "request-move":
            client = ClientID(texts["client"] ?? "")
            serviceLine = ServiceLineID(texts["service_line"] ?? "")
            project = texts["project"].map { ProjectID($0) }
            title = texts["title"] ?? title
        case "request-triage":
            if let state = texts["state"].flatMap({ RequestState(rawValue: $0) }) { self.state = state }
            if let person = texts["assignee"] { assignee = person.isEmpty ? nil : person }
            if let type = texts["work_type"] { workType = type.isEmpty ? nil : WorkTypeID(type) }
            // Whatever is decided about a request wakes it up, unless it is decided that it sleeps.
            snoozedUntil = texts["until"].flatMap { CivilDate($0) }
            // What is done needs no first answer any more.
            if state == .done, firstAnswerAt == nil { firstAnswerAt = fact.recordedAt }
            if let into = texts["into"] { mergedInto = RequestID(into) }
            if state != .merged { mergedInto = nil }
        case "message":
            let isFromClient = texts["side"] == "client"
            if !isFromClient, texts["for"] == "client", firstAnswerAt == nil { firstAnswerAt = fact.recordedAt }
            if isFromClient, state == .waiting || state == .done { state = .open }
        default: return
        }
        changedSeq = seq
    }

    /// Its columns, as ``init(_:)`` reads them.
    package static let columns = """
        id, client, service_line, project, title, state, assignee, work_type, snoozed_until, merged_into, opened_at,
        first_answer_at, changed_seq
        """

    /// Its values, in the order of the columns, and whether it is over.
    var values: [SQLValue] {
        [
            .text(id.text), .text(client.text), .text(serviceLine.text), .optional(project?.text), .text(title),
            .text(state.rawValue), .optional(assignee), .optional(workType?.text), .integer(snoozedUntil?.day ?? 0),
            .optional(mergedInto?.text), .integer(openedAt.seconds), .optional(firstAnswerAt?.seconds),
            .integer(changedSeq), .integer(state.isOver ? 1 : 0),
        ]
    }
}
