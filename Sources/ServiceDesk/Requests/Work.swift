package import Agreements
package import Rating
import Storage
package import Values

/// Opens a request.
package struct OpenRequest: DeskOperation {
    package static let name = "request.open"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .requester

    package var client: ClientID
    package var serviceLine: ServiceLineID
    package var project: ProjectID?
    package var title: String
    /// What the client wrote; nil where they only said it.
    package var message: String?
    /// The contact who asked; nil where nobody noted it.
    package var contact: String?
    package var attachments: [NewAttachment]
    /// Whether it came by mail: then the contact gets a receipt.
    package var cameByMail: Bool

    package init(
        client: ClientID, serviceLine: ServiceLineID, project: ProjectID? = nil, title: String, message: String? = nil,
        contact: String? = nil, attachments: [NewAttachment] = [], cameByMail: Bool = false
    ) {
        self.client = client
        self.serviceLine = serviceLine
        self.project = project
        self.title = title
        self.message = message
        self.contact = contact
        self.attachments = attachments
        self.cameByMail = cameByMail
    }

    package var about: (client: String, subject: String) { (client.text, title) }
    package var content: RequestContent {
        [
            "client": client, "line": serviceLine, "project": project, "title": title, "message": message,
            "contact": contact, "attachments": attachments, "by mail": cameByMail,
        ]
    }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.standing(of: client)
        try Words.check(title, "title")
        try desk.checkOffered(serviceLine, to: client, "request")
        let id = try desk.name(nil, "request", letter: "r")
        var facts = Facts()
        facts.requests = [
            Request(
                id: RequestID(id), client: client, serviceLine: serviceLine, project: project, title: title,
                recordedAt: desk.now)
        ]
        try desk.record(facts, knowing: known)
        try desk.triage(RequestID(id), .new, [])
        // Whoever asks for themselves is who asks.
        let contact = desk.actor.client == nil ? contact : desk.actor.id
        if let contact {
            let contacts = try Directory(desk.connection).contacts(of: client)
            guard contacts.contains(where: { $0.id == contact }) else {
                throw Problems([
                    Problem(
                        "contact \(contact)", "the client has no such contact",
                        fix: suggestion(for: contact, among: contacts.map(\.id)))
                ])
            }
        }
        if message != nil || !attachments.isEmpty {
            _ = try desk.write(
                message ?? "", on: RequestID(id), from: contact ?? client.text, isInternal: false, isFromClient: true,
                attachments, cameByMail: cameByMail)
        }
        try desk.tell(
            .requestOpened, client: client.text,
            [("request", id)] + (contact.map { [("contact", $0)] } ?? []) + (cameByMail ? [("way", "mail")] : []))
        return Recorded(id: id)
    }
}

/// Moves a request, with all its time, to another client, line or project (edge case E42).
package struct MoveRequest: DeskOperation {
    package static let name = "request.move"
    package static let role = Role.manager

    package var request: RequestID
    package var client: ClientID?
    package var serviceLine: ServiceLineID?
    package var project: ProjectID?
    package var reason: String

    package init(
        request: RequestID, client: ClientID? = nil, serviceLine: ServiceLineID? = nil, project: ProjectID? = nil,
        reason: String
    ) {
        self.request = request
        self.client = client
        self.serviceLine = serviceLine
        self.project = project
        self.reason = reason
    }

    package var content: RequestContent {
        [
            "request": request, "client": client, "line": serviceLine, "project": project, "reason": reason,
        ]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (before, known) = try desk.request(request)
        try Words.check(reason, "reason")
        var moved = before
        moved.client = client ?? before.client
        desk.note(about: moved.client, request.text)
        moved.serviceLine = serviceLine ?? before.serviceLine
        moved.project = project ?? (moved.client == before.client ? before.project : nil)
        moved.recordedAt = desk.now
        var same = before
        same.recordedAt = moved.recordedAt
        guard moved != same else {
            throw Problems([
                Problem("request \(request)", "it is there already", fix: "give another client, line or project")
            ])
        }
        var all = try desk.standing(of: moved.client)
        if moved.client != before.client { all.append(try desk.standing(of: before.client)) }
        all.append(known)
        var facts = Facts()
        facts.requestMoves = [RequestMove(to: moved, reason: reason)]
        try desk.record(facts, knowing: all)
        try desk.tell(.requestMoved, client: moved.client.text, [("request", request.text)])
        return Recorded(id: request.text)
    }
}

/// Records a client's word that they asked for the work of a request (design C4).
package struct ApproveRequest: DeskOperation {
    package static let name = "request.approve"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .approver

    package var request: RequestID
    package var by: String

    package init(request: RequestID, by person: String) {
        self.request = request
        by = person
    }

    package var content: RequestContent { ["request": request, "by": by] }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool {
        try desk.owner(of: request) == client
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (request, known) = try desk.work(on: request)
        desk.note(about: request.client, request.id.text)
        let by = try desk.nameOfApprover(by)
        try Words.check(by, "who approved")
        var facts = Facts()
        facts.requestApprovals = [RequestApproval(request: request.id, by: by, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        try desk.tell(.requestApproved, client: request.client.text, [("request", request.id.text)])
        return Recorded(id: request.id.text)
    }
}

/// Writes into the conversation of a request: an answer that the client sees, or a note that they do not.
package struct WriteMessage: DeskOperation {
    package static let name = "request.message"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .requester

    package var request: RequestID
    package var text: String
    /// The whole of a mail, where the text is a part of it; nil for nothing else.
    package var whole: String?
    package var isInternal: Bool
    package var attachments: [NewAttachment]
    /// Whether it came by mail.
    package var cameByMail: Bool

    package init(
        request: RequestID, text: String, whole: String? = nil, isInternal: Bool, attachments: [NewAttachment] = [],
        cameByMail: Bool = false
    ) {
        self.request = request
        self.text = text
        self.whole = whole
        self.isInternal = isInternal
        self.attachments = attachments
        self.cameByMail = cameByMail
    }

    package var content: RequestContent {
        [
            "request": request, "text": text, "whole": whole, "internal": isInternal, "attachments": attachments,
            "by mail": cameByMail,
        ]
    }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool {
        try desk.owner(of: request) == client
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (request, _) = try desk.request(request)
        desk.note(about: request.client, request.id.text)
        guard desk.actor.client == nil else {
            let id = try desk.write(
                text, on: request.id, from: desk.actor.id, isInternal: false, isFromClient: true, attachments,
                whole: whole, cameByMail: cameByMail)
            try desk.tell(
                .requestWritten, client: request.client.text, [("request", request.id.text), ("message", id)])
            return Recorded(id: id)
        }
        let id = try desk.write(
            text, on: request.id, from: desk.actor.id, isInternal: isInternal, isFromClient: false, attachments,
            whole: whole, cameByMail: cameByMail)
        if !isInternal {
            try desk.tell(
                .requestAnswered, client: request.client.text, [("request", request.id.text), ("message", id)])
        }
        return Recorded(id: id)
    }
}

/// Sells a block at the price of the terms in force on the date of purchase (design D4).
package struct BuyBlock: DeskOperation {
    package static let name = "block.buy"
    package static let role = Role.manager

    package var client: ClientID
    package var scope: Block.Scope
    package var hours: Hours
    /// Nil for today, where the client is.
    package var boughtOn: CivilDate?
    /// The first day of work it may pay for; nil for the date of purchase (design D5).
    package var effective: CivilDate?
    /// Nil for what the terms say.
    package var lastDay: CivilDate?
    package var pricePerHour: HourlyRate?

    package init(
        client: ClientID, scope: Block.Scope, hours: Hours, boughtOn: CivilDate? = nil, effective: CivilDate? = nil,
        lastDay: CivilDate? = nil, pricePerHour: HourlyRate? = nil
    ) {
        self.client = client
        self.scope = scope
        self.hours = hours
        self.boughtOn = boughtOn
        self.effective = effective
        self.lastDay = lastDay
        self.pricePerHour = pricePerHour
    }

    package var about: (client: String, subject: String) { (client.text, "block of \(hours)") }
    package var content: RequestContent {
        [
            "client": client, "scope": scope, "hours": hours, "bought on": boughtOn,
            "effective": effective, "last day": lastDay, "price": pricePerHour,
        ]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.standing(of: client)
        let day = try boughtOn ?? desk.today(of: client, known)
        guard let terms = try desk.terms().inForce(on: day) else {
            throw Problems([Problem("block", "no terms were in force on \(day)", fix: "give a later date of purchase")])
        }
        guard let offer = terms.blocks else {
            throw Problems([
                Problem("block", "the terms of \(terms.effective) sell no hours ahead", fix: "offer a bigger plan")
            ])
        }
        let id = try desk.name(nil, "block", letter: "b")
        // A project's block ends with it, unless a last day was agreed or the terms name another end.
        var endsWithProject = false
        if lastDay == nil, offer.expiry == .projectDone, case .project = scope { endsWithProject = true }
        var facts = Facts()
        facts.blocks = [
            Block(
                id: BlockID(id), client: client, scope: scope, hours: hours,
                pricePerHour: pricePerHour ?? offer.pricePerHour, boughtOn: day, effective: effective,
                lastDay: lastDay ?? offer.expiry.lastDay(boughtOn: day), endsWithProject: endsWithProject,
                usableBeforePaid: offer.usableBeforePaid, recordedAt: desk.now)
        ]
        try desk.record(facts, knowing: known)
        try desk.tell(.blockBought, client: client.text, [("block", id)])
        return Recorded(id: id)
    }
}

/// Extends a block, notes that it was paid, or corrects its hours, with the reason.
package struct ChangeBlock: DeskOperation {
    package static let name = "block.change"
    package static let role = Role.manager

    package var block: BlockID
    package var hours: Hours?
    package var lastDay: CivilDate?
    package var paidOn: CivilDate?
    package var reason: String

    package init(
        block: BlockID, hours: Hours? = nil, lastDay: CivilDate? = nil, paidOn: CivilDate? = nil, reason: String
    ) {
        self.block = block
        self.hours = hours
        self.lastDay = lastDay
        self.paidOn = paidOn
        self.reason = reason
    }

    package var content: RequestContent {
        ["block": block, "hours": hours, "last day": lastDay, "paid on": paidOn, "reason": reason]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        try Words.check(reason, "reason")
        guard hours != nil || lastDay != nil || paidOn != nil else {
            throw Problems([
                Problem("block \(block)", "nothing changes", fix: "give hours, a last day or a date of payment")
            ])
        }
        let client = try desk.client(of: "block", block.text)
        desk.note(about: client, block.text)
        let known = try desk.standing(of: client)
        let change = BlockChange(
            block: block, hours: hours, lastDay: lastDay, paidOn: paidOn, reason: reason,
            recordedAt: desk.now)
        if let bought = known.blocks.first(where: { $0.id == block }) {
            let problems = try BlockUse(of: bought, desk).problems(with: change)
            guard problems.isEmpty else { throw Problems(problems) }
        }
        var facts = Facts()
        facts.blockChanges = [change]
        try desk.record(facts, knowing: known)
        try desk.tell(.blockChanged, client: client.text, [("block", block.text)])
        return Recorded(id: block.text)
    }
}

extension DeskTransaction {
    /// Records a message and its attachments, and gives the message's id.
    func write(
        _ text: String, on request: RequestID, from author: String, isInternal: Bool, isFromClient: Bool,
        _ attachments: [NewAttachment], whole: String? = nil, cameByMail: Bool = false
    ) throws -> String {
        if let whole { try Words.checkText(whole, "message") }
        try Words.checkText(text.replacing("\r\n", with: "\n"), "message", mayBeEmpty: !attachments.isEmpty)
        guard attachments.count <= AttachmentRules.most else {
            throw Problems([
                Problem(
                    "message", "it has \(attachments.count) attachments",
                    fix: "send at most \(AttachmentRules.most) at once")
            ])
        }
        let accepted = try attachments.map(AttachmentRules.check)
        let message = try name(nil, "message", letter: "m")
        try record(
            "message",
            [
                ("id", message), ("request", request.text), ("from", author), ("for", isInternal ? "staff" : "client"),
                ("side", isFromClient ? "client" : nil), ("text", text.replacing("\r\n", with: "\n")),
                ("rest", whole), ("way", cameByMail ? "mail" : nil),
            ])
        for (file, kind) in zip(attachments, accepted) {
            let digest = try AttachmentContent(connection).keep(file.content)
            try record(
                "attachment",
                [
                    ("id", try name(nil, "attachment", letter: "a")), ("request", request.text), ("message", message),
                    ("name", kind.name), ("type", kind.mediaType), ("size", "\(file.content.count)"),
                    ("sha256", digest),
                ])
        }
        return message
    }
}
