import Agreements
import Foundation
import Rating
import ServiceDesk
import Values
import Wording

/// A server elsewhere, asked by its JSON API.
struct RemoteDesk: TimeDesk {
    private let api: RemoteAPI

    /// - Throws: `Problems` where the address or the token cannot be used.
    init(server: String, token: String?, key: String?) throws {
        api = try RemoteAPI(server: server, token: token, key: key)
    }

    // MARK: Reading

    func client(of request: RequestID) throws -> ClientID {
        struct Answer: Decodable { var client: String }
        return ClientID(try api.get(Answer.self, "requests", request.text).client)
    }

    func zone(of client: ClientID) throws -> Zone {
        struct Answer: Decodable { var zone: String }
        return try TypedInput.zone(try api.get(Answer.self, "clients", client.text).zone)
    }

    func request(of entry: EntryID) throws -> RequestID {
        struct Answer: Decodable { var request: String }
        return RequestID(try api.get(Answer.self, "time", entry.text).request)
    }

    func outcome(_ entry: EntryID) throws -> EntryOutcome {
        struct Answer: Decodable {
            var request, title, date, hours: String
            var parts, left: [String]
        }
        let answer = try api.get(Answer.self, "time", entry.text, "outcome")
        guard let date = CivilDate(answer.date), let hours = Hours(text: answer.hours) else { throw api.strange }
        return EntryOutcome(
            entry: entry, request: RequestID(answer.request), title: answer.title, date: date, hours: hours,
            parts: answer.parts, left: answer.left)
    }

    func timer() throws -> (request: RequestID, workType: WorkTypeID, since: Instant)? {
        struct Answer: Decodable {
            var running: Bool
            var request, work_type, since: String?
        }
        let answer = try api.get(Answer.self, "timer")
        guard answer.running else { return nil }
        guard let since = answer.since.flatMap({ Instant($0) }) else { throw api.strange }
        return (RequestID(answer.request ?? ""), WorkTypeID(answer.work_type ?? ""), since)
    }

    // MARK: Doing

    func log(_ time: LogTime) throws -> Recorded {
        var body = RemoteDesk.members(of: time.given)
        body["request"] = .text(time.request.text)
        body["work_type"] = .text(time.workType.text)
        body["note"] = .text(time.note)
        body["person"] = time.person.map { .text($0) }
        if time.allowsLong { body["allow_long"] = .flag(true) }
        return try api.post(Recorded.self, body, "time")
    }

    func log(line: String) throws -> (understood: String, Recorded) {
        struct Answer: Decodable {
            var id, understood: String
            var remarks: [String]
        }
        let answer = try api.post(Answer.self, ["line": .text(line)], "time", "line")
        return (answer.understood, Recorded(id: answer.id, remarks: answer.remarks))
    }

    func correct(_ correction: CorrectTime) throws -> Recorded {
        var body = RemoteDesk.members(of: correction.given)
        body["request"] = correction.request.map { .text($0.text) }
        body["work_type"] = correction.workType.map { .text($0.text) }
        body["note"] = correction.note.map { .text($0) }
        body["reason"] = .text(correction.reason)
        if correction.allowsLong { body["allow_long"] = .flag(true) }
        return try api.post(Recorded.self, body, "time", correction.entry.text, "correction")
    }

    func void(_ void: VoidTime) throws -> Recorded {
        try api.post(Recorded.self, ["reason": .text(void.reason)], "time", void.entry.text, "void")
    }

    func give(_ courtesy: GiveCourtesy) throws -> Recorded {
        var body: [String: RemoteAPI.Member] = ["reason": .text(courtesy.reason)]
        body["hours"] = courtesy.hours.map { .text("\($0)") }
        return try api.post(Recorded.self, body, "time", courtesy.entry.text, "courtesy")
    }

    func approve(_ approval: ApproveTime) throws -> Recorded {
        try api.post(Recorded.self, [:], "time", approval.entry.text, "approval")
    }

    func start(_ timer: StartTimer) throws -> Recorded {
        var body: [String: RemoteAPI.Member] = [
            "request": .text(timer.request.text), "work_type": .text(timer.workType.text),
        ]
        if !timer.note.isEmpty { body["note"] = .text(timer.note) }
        return try api.post(Recorded.self, body, "timer", "start")
    }

    func stop(_ timer: StopTimer) throws -> Recorded {
        var body: [String: RemoteAPI.Member] = [:]
        body["note"] = timer.note.map { .text($0) }
        return try api.post(Recorded.self, body, "timer", "stop")
    }

    private static func members(of given: GivenTime) -> [String: RemoteAPI.Member] {
        var members: [String: RemoteAPI.Member] = [:]
        members["date"] = given.date.map { .text("\($0)") }
        members["hours"] = given.hours.map { .text("\($0)") }
        members["at"] = given.clock.map { .text("\($0 / 3600):\(twoDigits($0 / 60 % 60))") }
        members["start"] = given.start.map { .text("\($0)") }
        members["end"] = given.end.map { .text("\($0)") }
        return members
    }
}
