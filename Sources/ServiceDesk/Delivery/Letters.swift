import Agreements
import Database
import Exchange
import Rating
import Storage
import Values
import Wording

/// Who is told of an outbox message, and what the mail says.
struct Letters {
    /// Somebody who gets mail.
    struct Reader: Hashable {
        var person: String
        var name: String
        var email: String
        var isStaff: Bool
    }

    private let connection: any SQLConnection
    private let desk: ServiceDesk
    private let publicURL: String

    init(_ connection: any SQLConnection, desk: ServiceDesk, publicURL: String) {
        self.connection = connection
        self.desk = desk
        self.publicURL = publicURL
    }

    // MARK: Who

    /// Whom a message is mailed to.
    func readers(of message: Outbox.Message) throws -> [Reader] {
        if message.kind == DeskEvent.webhookOff.rawValue { return try staff { $0.role == .owner } }
        if message.kind == DeskEvent.linkAsked.rawValue { return try linkOwner(message).map { [$0] } ?? [] }
        if let change = try addressChange(message) {
            return [Reader(person: change.person, name: "", email: change.old ?? change.email, isStaff: false)]
        }
        guard let kind = MailKind(of: message.kind) else { return [] }
        let client = ClientID(message.client)
        let request = RequestID(message.texts["request"] ?? "")
        func others(_ readers: [Reader]) -> [Reader] { readers.filter { $0.person != message.texts[Telling.by] } }
        switch message.kind {
        case "request.opened":
            // Whoever asked by mail gets a receipt; nobody else hears of what they did themselves.
            let asker = message.texts["way"] == "mail" ? message.texts["contact"] : nil
            return try others(staff(of: request))
                + contacts(of: client, kind).map(\.reader).filter { $0.person == asker }
        case "request.written": return try others(staff(of: request))
        case "request.answered", "request.done", "request.declined":
            return try others(contacts(of: client, kind, on: request))
        default:
            // Hours and money go to those who decide about them.
            return try contacts(of: client, kind).filter { ($0.role ?? .viewer) >= .approver }.map(\.reader)
        }
    }

    private func contacts(of client: ClientID, _ kind: MailKind) throws -> [(role: ContactRole?, reader: Reader)] {
        try Directory(connection).contacts(of: client).compactMap { contact in
            guard !contact.isEnded, let email = contact.email, !contact.mailOff.contains(kind),
                try isReached(contact, email)
            else { return nil }
            return (
                contact.role, Reader(person: contact.id, name: contact.name, email: email, isStaff: false)
            )
        }
    }

    /// Whether what is told a company may go to an address: not to one that a colleague named and nobody used.
    private func isReached(_ contact: Directory.Contact, _ email: String) throws -> Bool {
        try Directory(connection).isSure(email, of: contact) || Accounts(connection).wasIn(contact.id)
    }

    /// Those who wrote on a request; where nobody did, all who may.
    private func contacts(of client: ClientID, _ kind: MailKind, on request: RequestID) throws -> [Reader] {
        let all = try contacts(of: client, kind)
        let writers = Set(
            try Conversation(connection).messages(of: request, for: client).filter(\.isFromClient).map(\.from))
        let wrote = all.map(\.reader).filter { writers.contains($0.person) }
        return wrote.isEmpty ? all.filter { ($0.role ?? .viewer) >= .requester }.map(\.reader) : wrote
    }

    /// Whose the request is; where it is nobody's, those who share out the work.
    private func staff(of request: RequestID) throws -> [Reader] {
        let assignee = try RequestBoard(connection).request(request)?.assignee
        return try staff { user in assignee.map { $0 == user.id } ?? (user.role >= .manager) }
    }

    private func staff(_ isMeant: (People.User) -> Bool) throws -> [Reader] {
        let users = try People(connection).users().filter { !$0.isEnded && isMeant($0) }
        return try users.compactMap { user in
            try Accounts(connection).account(of: user.id).map {
                Reader(person: user.id, name: user.name, email: $0.email, isStaff: true)
            }
        }
    }

    /// A reader by their id, as they are now; nil where they may not be mailed any more.
    func reader(_ person: String, of message: Outbox.Message) throws -> Reader? {
        try readers(of: message).first { $0.person == person }
    }

    /// Why somebody who was to be told is not any more.
    func whyNot(_ person: String, of message: Outbox.Message) throws -> String {
        if try addressChange(message) == nil,
            [DeskEvent.addressAsked.rawValue, DeskEvent.addressChanged.rawValue].contains(message.kind)
        {
            return "the change of the address does not count any more"
        }
        guard let contact = try Directory(connection).contact(person) else {
            guard let user = try People(connection).user(person) else { return "nobody of that id is known" }
            if user.isEnded { return "their access has ended" }
            return try Accounts(connection).account(of: person) == nil
                ? "they have no e-mail address" : "it does not concern them any more"
        }
        if contact.isEnded { return "their access has ended" }
        guard let email = contact.email else { return "they have no e-mail address" }
        if let kind = MailKind(of: message.kind), contact.mailOff.contains(kind) {
            return "they turned off mail about \(kind.rawValue)"
        }
        guard try isReached(contact, email) else { return "their address was changed, and nobody proved the new one" }
        return "it does not concern them any more"
    }

    /// Whoever is to get a link, while one waits for them.
    private func linkOwner(_ message: Outbox.Message) throws -> Reader? {
        guard let person = message.texts["person"], let purpose = Letters.purpose(message),
            let account = try Accounts(connection).account(of: person),
            try Accounts(connection).hasLink(of: person, purpose, at: desk.now),
            let (actor, name) = try SignIn.actor(person, connection)
        else { return nil }
        return Reader(person: person, name: name, email: account.email, isStaff: actor.client == nil)
    }

    /// The change of an address that a message is about, while it counts.
    private func addressChange(_ message: Outbox.Message) throws -> AddressChanges.Change? {
        let isAsked = message.kind == DeskEvent.addressAsked.rawValue
        guard isAsked || message.kind == DeskEvent.addressChanged.rawValue,
            let change = try AddressChanges(connection).change(Int(message.texts["change"] ?? "") ?? 0, at: desk.now),
            change.person == message.texts["person"], isAsked == (change.old == nil)
        else { return nil }
        return change
    }

    static func purpose(_ message: Outbox.Message) -> Accounts.LinkPurpose? {
        message.kind == DeskEvent.linkAsked.rawValue
            ? Accounts.LinkPurpose(rawValue: message.texts["purpose"] ?? "") : nil
    }

    // MARK: What

    /// The mail about a message; nil where there is nothing left to say.
    func letter(of message: Outbox.Message, to reader: Reader) throws -> Letter? {
        if message.kind.hasPrefix("request.") { return try request(message, reader) }
        if message.kind == "period.closed" { return try statement(message, reader) }
        if message.kind == "hours.alert" { return try alert(message, reader) }
        if message.kind == DeskEvent.webhookOff.rawValue { return webhookOff(message, reader) }
        if message.kind == DeskEvent.addressChanged.rawValue { return addressChanged() }
        return nil
    }

    /// What the address before is told. The new one is not in it: whoever reads this may be somebody else by now.
    private func addressChanged() -> Letter {
        Letter(
            subject: "Your address was changed",
            paragraphs: [
                "Hello,",
                "another e-mail address was set for your account at the service desk: mail goes there from now on, and this address signs in no more.",
                "If that was not you or agreed with you, tell us at once.",
            ])
    }

    /// What a new address is asked.
    ///
    /// - Parameter token: the link's, which is kept nowhere.
    func proof(token: String) -> Letter {
        Letter(
            subject: "Is this your address?",
            paragraphs: [
                "Hello,",
                "somebody wants to use this address for their account at our service desk. If it was you, say so within a day; if it was not, nothing happens.",
            ], link: ("Use this address", "\(publicURL)/addresses/\(token)"))
    }

    /// The mail with a link. It carries no words that somebody else typed, not even a name: mail programs make links of what
    /// looks like one.
    ///
    /// - Parameter token: the link's, which is kept nowhere.
    func link(_ purpose: Accounts.LinkPurpose, to reader: Reader, token: String) -> Letter {
        let (subject, text, name): (String, String, String) =
            switch (purpose, reader.isStaff) {
            case (.invitation, true):
                (
                    "Your account at Mainstay", "you were invited to Mainstay. Choose a password within seven days.",
                    "Choose a password"
                )
            case (.invitation, false):
                (
                    "Your access to your support desk",
                    "you were invited to see hours, requests and statements. This link lets you in, within seven days.",
                    "Sign in"
                )
            case (.reset, _):
                (
                    "A new password for Mainstay",
                    "somebody asked for a new password for you. Choose one within a day; if it was not you, nothing happens.",
                    "Choose a password"
                )
            case (.entry, _):
                (
                    "Your link to sign in", "with this link you are in. It works once, for a quarter of an hour.",
                    "Sign in"
                )
            }
        return Letter(
            subject: subject, paragraphs: ["Hello,", text], link: (name, "\(publicURL)/links/\(token)"))
    }

    private func request(_ message: Outbox.Message, _ reader: Reader) throws -> Letter? {
        let id = RequestID(message.texts["request"] ?? "")
        guard let row = try RequestBoard(connection).request(id), reader.isStaff || row.client.text == message.client
        else {
            return nil
        }
        let url = "\(publicURL)\(reader.isStaff ? "" : "/portal")/requests/\(id)"
        var letter = Letter(
            subject: "[\(id)] \(row.title)", paragraphs: [],
            link: (reader.isStaff ? "Open the request" : "See it and answer", url),
            thread: id.text)
        let messages = try Conversation(connection).messages(of: id, for: reader.isStaff ? nil : row.client)
        // Without a message of its own it is about the first words; later ones have mails of theirs.
        let written = messages.first { $0.id == message.texts["message"] } ?? messages.first { $0.isFromClient }
        switch message.kind {
        case "request.answered":
            guard let written, !written.isInternal else { return nil }
            let author = try People(connection).user(written.from)?.name
            letter.paragraphs = ["Hello \(reader.name),", written.text] + (author.map { ["— \($0)"] } ?? [])
            letter.figures = try hours(on: id)
        case "request.opened" where !reader.isStaff:
            letter.paragraphs = [
                "Hello \(reader.name),",
                "we have your mail. It is request \(id) now; somebody answers you here. What an hour of it would be today:",
            ]
            letter.figures = try outlook(of: row)
        case "request.opened":
            letter.paragraphs = ["A new request of \(try author(written, row)):"] + (written.map { [$0.text] } ?? [])
        case "request.written":
            letter.paragraphs = ["\(try author(written, row)) wrote:"] + (written.map { [$0.text] } ?? [])
        case "request.done":
            letter.paragraphs = ["Hello \(reader.name),", "your request is done."]
            letter.figures = try hours(on: id) + balance(of: row.client)
        case "request.declined":
            letter.paragraphs =
                ["Hello \(reader.name),", "we cannot do this request."]
                + (try reason(of: id).map { [$0] } ?? [])
        default: return nil
        }
        return letter
    }

    /// Who wrote for a client: `Mara Ortiz, Harbor Outfitters`.
    private func author(_ message: Conversation.Message?, _ row: RequestRow) throws -> String {
        let directory = Directory(connection)
        let company = try directory.names(of: [row.client])[row.client] ?? row.client.text
        let person = try message.flatMap { try directory.contact($0.from) }?.name
        return person.map { "\($0), \(company)" } ?? company
    }

    private func reason(of request: RequestID) throws -> String? {
        try connection.first(
            "SELECT body, words FROM fact WHERE subject = $1 AND kind = 'request-triage' ORDER BY seq + 0 DESC LIMIT 1",
            [.text(request.text)]
        ) { try $0.texts(0, 1)["reason"] } ?? nil
    }

    /// What an hour of each kind of work on a request would be today.
    private func outlook(of row: RequestRow) throws -> [(name: String, value: String)] {
        let words = Wording(try desk.store.terms(connection))
        let asker = Actor(contact: "", of: row.client, role: .viewer)
        let outlook = try desk.preview(by: asker, on: connection) { try BillOutlook($0, request: row.id) }
        return outlook.lines.filter { $0.serviceLine == row.serviceLine }.map { line in
            (line.workTypes.map { words.workType($0) }.joined(separator: ", "), line.forClient)
        }
    }

    private func hours(on request: RequestID) throws -> [(name: String, value: String)] {
        let used = try desk.loader(connection).work(on: request).standingEntries(on: request)
            .reduce(Hours.zero) { $0 + $1.worked }
        return used > .zero ? [("Hours on this request", used.inWords)] : []
    }

    private func balance(of client: ClientID) throws -> [(name: String, value: String)] {
        guard let statement = try statement(of: client) else { return [] }
        let words = Wording(try desk.store.terms(connection))
        return statement.balances.map { balance in
            switch balance.pool {
            case .plan(_, let line, let plan): ("\(words.serviceLine(line)), \(plan)", balance.sentence)
            case .over(let line): (words.serviceLine(line), balance.sentence)
            case .block: ("Hours bought", balance.sentence)
            }
        }
    }

    private func statement(of client: ClientID) throws -> Statement? {
        let facts = try desk.loader(connection).standing(of: client)
        guard let known = facts.clients.first(where: { $0.id == client }) else { return nil }
        let zones = ZoneTimeline(first: known.zone, changes: facts.zoneChanges.filter { $0.client == client })
        let month = Period(containing: zones.date(of: desk.now))
        return try desk.store.account(connection, of: client, through: month, wanting: month...month)?.statements
            .last { $0.period == month }
    }

    private func statement(_ message: Outbox.Message, _ reader: Reader) throws -> Letter? {
        let client = ClientID(message.client)
        guard let period = Period(message.texts["period"] ?? ""),
            let statement = try desk.store.statement(connection, of: client, period)
        else { return nil }
        let totals = statement.totals
        let words = Wording(try desk.store.terms(connection))
        // A client's approval would have changed it only where the contract asks for one.
        let asks = statement.lines.allSatisfy { (statement.consent(of: $0) ?? .ask) == .ask }
        // What stands beside charged and drawn so that they come to what was worked; nothing that is nothing.
        let others = [
            ("Not charged", totals.notCharged), ("Given", totals.courtesy), ("Waived", totals.waived),
            (asks ? "Not billed without your approval" : "Not billed: beyond what you agreed to", totals.withheld),
        ].filter { $0.1 > .zero }.map { ($0, $1.inWords) }
        let lapsed = statement.grants.filter { $0.lapsed > .zero }.map {
            ("Lapsed of \(words.grant($0.id))", $0.lapsed.inWords)
        }
        return Letter(
            subject: "Your statement of \(period.written)",
            paragraphs: [
                "Hello \(reader.name),",
                "the statement of \(period.written) is there: every line with what paid for it, and why.",
            ],
            figures: [
                ("Total", "\(statement.billed)"), ("Worked", totals.worked.inWords),
                ("From your hours", totals.drawn.inWords), ("Charged", totals.charged.inWords),
            ] + others + lapsed, link: ("See the statement", "\(publicURL)/portal/statements/\(period)"))
    }

    private func webhookOff(_ message: Outbox.Message, _ reader: Reader) -> Letter {
        let webhook = message.texts["webhook"] ?? ""
        return Letter(
            subject: "Webhook \(webhook) is off",
            paragraphs: [
                "Hello \(reader.name),",
                "the webhook \(webhook) was turned off: \(message.texts["reason"] ?? ""). What happens from now on is not sent to it. What waited is kept, and sent once it is on again.",
            ], link: ("See its log", "\(publicURL)/webhooks/\(webhook)"))
    }

    private func alert(_ message: Outbox.Message, _ reader: Reader) throws -> Letter {
        let texts = message.texts
        let terms = try desk.store.terms(connection)
        let line = Wording(terms).serviceLine(ServiceLineID(texts["line"] ?? ""))
        func hours(_ name: String) -> Hours { Hours(text: texts[name] ?? "") ?? .zero }
        let (over, mark) = (hours("over"), texts["mark"] ?? "")
        let amount = Money(text: texts["amount"] ?? "", terms.currency).map { ", \($0) so far" } ?? ""
        let day = CivilDate(texts["on"] ?? "")?.written ?? ""
        let what =
            switch mark {
            case "0": "\(hours("lapse").inWords) of your hours would lapse on \(day), at the pace of this month."
            case "100" where over > .zero:
                "the hours of this month are used up, and \(over.inWords) more are charged\(amount)."
            case "100": "the hours of this month are used up."
            default: "\(mark) % of the hours of this month are used."
            }
        return Letter(
            subject: mark == "0" ? "\(line): hours are about to lapse" : "\(line): \(mark) % of your hours used",
            paragraphs: ["Hello \(reader.name),", what],
            figures: [
                ("Used", hours("used").inWords), ("Of", hours("granted").inWords), ("Left", hours("left").inWords),
            ] + (over > .zero ? [("Over", over.inWords)] : []), link: ("See your hours", "\(publicURL)/portal"))
    }
}
