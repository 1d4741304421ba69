import Agreements
import Database
import Exchange
import Rating
import Storage
import Values

/// What is to become of a mail that came in: decided from who sent it, what it answers, and what is known of both.
enum MailRoute: Hashable {
    /// What it is filed as.
    enum Filing: Hashable {
        /// A new request.
        case request(ClientID, ServiceLineID)
        /// An answer on a request.
        case answer(RequestID)
    }

    /// It is filed, as its sender's.
    case file(Actor, Filing)
    /// It is from a machine, and nobody has to know: why.
    case ignore(String)
    /// Its sender is told why not.
    case refuse(MailRefusal)
    /// Nobody can tell whose it is: staff decide.
    case wait(MailWaiting.Reason)

    /// - Throws: `StorageError`.
    init(_ mail: IncomingMail, _ rules: MailIntake.Rules, _ connection: any SQLConnection, _ desk: ServiceDesk) throws {
        if let reason = mail.automatic {
            self = .ignore(reason)
            return
        }
        let directory = Directory(connection)
        let senders = try directory.contacts(withEmail: mail.sender).filter { !$0.isEnded }
        let user = try MailRoute.user(mail.sender, connection)
        let proofs = try MailProof.proofs(in: mail.references, connection)
        // Asked first, so that whoever forges a sender does not learn whom we know.
        if let server = rules.verifiedBy, !mail.isVerified(by: server),
            !proofs.contains(where: { proof in senders.contains { $0.id == proof.person } })
        {
            self = .refuse(.notVerified)
            return
        }
        if let user {
            self = try MailRoute.from(user, mail, proofs, connection)
            return
        }
        guard !senders.isEmpty else {
            self = .refuse(.unknownSender)
            return
        }
        // Whoever answers a mail of ours reads what is sent to them.
        let sure = try senders.filter { sender in
            try proofs.contains { $0.person == sender.id } || directory.isSure(mail.sender, of: sender)
        }
        let requests = MailRoute.named(in: mail, proofs)
        if sure.isEmpty {
            self = .wait(.notProved)
        } else if let contact = try MailRoute.contact(among: sure, requests, connection) {
            self = try MailRoute.from(contact, mail, rules, requests, connection, desk)
        } else {
            self = .wait(.severalClients)
        }
    }

    /// A mail that waited, as it is filed once staff said whose it is.
    init(
        _ mail: IncomingMail, of contact: Directory.Contact, _ rules: MailIntake.Rules,
        _ connection: any SQLConnection, _ desk: ServiceDesk
    ) throws {
        let requests = MailRoute.named(in: mail, try MailProof.proofs(in: mail.references, connection))
        self = try MailRoute.from(contact, mail, rules, requests, connection, desk)
    }

    // MARK: Who, and about what

    /// The requests that a mail may be about, the likeliest first: what it answers, then what its subject says.
    private static func named(in mail: IncomingMail, _ proofs: [MailProof]) -> [RequestID] {
        let answered = MailIDs.requests(in: mail.references).reversed()
        let subject = mail.subject.matches(of: /\[([^\[\]\s]{1,200})\]/).map { RequestID(String($0.1)) }
        var seen: Set<RequestID> = []
        let all = proofs.reversed().compactMap(\.request) + answered + subject
        return Array(all.filter { seen.insert($0).inserted }.prefix(20))
    }

    /// The contact whose mail it is: of those with the address the one whose client's request it answers, or the only one.
    private static func contact(
        among senders: [Directory.Contact], _ requests: [RequestID], _ connection: any SQLConnection
    ) throws -> Directory.Contact? {
        for request in requests {
            let client = try RequestBoard(connection).request(request)?.client
            if let sender = senders.first(where: { $0.client == client }) { return sender }
        }
        return senders.count == 1 ? senders.first : nil
    }

    private static func user(_ email: String, _ connection: any SQLConnection) throws -> People.User? {
        let people = People(connection)
        return try Accounts(connection).accounts(email: email).compactMap { try people.user($0.user) }
            .first { !$0.isEnded }
    }

    // MARK: A client's mail

    private static func from(
        _ contact: Directory.Contact, _ mail: IncomingMail, _ rules: MailIntake.Rules, _ requests: [RequestID],
        _ connection: any SQLConnection, _ desk: ServiceDesk
    ) throws -> MailRoute {
        // Whoever never had access to the portal is known by their mails alone, and asks by them.
        let role = contact.role ?? .requester
        guard role >= .requester else { return .refuse(.mayNotWrite) }
        let actor = Actor(contact: contact.id, of: contact.client, role: role)
        let board = RequestBoard(connection)
        for request in requests {
            guard var row = try board.request(request), row.client == contact.client else { continue }
            if let into = row.mergedInto, let other = try board.request(into) { row = other }
            return .file(actor, .answer(row.id))
        }
        let line = try rules.serviceLine ?? line(of: contact.client, connection, desk)
        return .file(actor, .request(contact.client, line))
    }

    /// The line that a client most likely means: that of their first contract which goes on.
    private static func line(of client: ClientID, _ connection: any SQLConnection, _ desk: ServiceDesk) throws
        -> ServiceLineID
    {
        let facts = try desk.loader(connection).standing(of: client)
        let today = Zone.utc.date(of: desk.now)
        let offered = try desk.store.terms(connection).offered(on: today).serviceLines
        let contracts = facts.contracts(notOverBy: today).filter { offered[$0.serviceLine] != nil }
            .sorted { ($0.from, $0.id) < ($1.from, $1.id) }
        return contracts.first?.serviceLine ?? offered.keys.min() ?? ServiceLineID("")
    }

    // MARK: A mail of staff

    /// Their words go to the client: that takes proof that they had the mail that they answer. Others have its token too
    /// where they answered with a copy to somebody, so that a server which judges senders is asked as well.
    private static func from(
        _ user: People.User, _ mail: IncomingMail, _ proofs: [MailProof], _ connection: any SQLConnection
    ) throws -> MailRoute {
        guard let proof = proofs.last(where: { $0.person == user.id && $0.request != nil }),
            let request = proof.request, var row = try RequestBoard(connection).request(request)
        else { return .refuse(.staffWithoutProof) }
        if let into = row.mergedInto, let other = try RequestBoard(connection).request(into) { row = other }
        return .file(Actor(id: user.id, role: user.role), .answer(row.id))
    }
}

/// That somebody had a mail of ours: its token is in what they answer.
struct MailProof: Hashable {
    /// Who the mail was to.
    var person: String
    /// The request that it was about.
    var request: RequestID?

    /// The proofs among the ids that a mail refers to, the nearest last.
    static func proofs(in references: [String], _ connection: any SQLConnection) throws -> [MailProof] {
        // Threads are long; the last mails in them are what is answered.
        try MailIDs.tokens(in: references).suffix(50).compactMap { token in
            let found = try connection.first(
                "SELECT person, outbox_id FROM delivery WHERE token = $1", [.text(token)]
            ) { ($0.text(0), $0.integer(1)) }
            guard let (person, outbox) = found else { return nil }
            let message = try Outbox(connection).message(outbox)
            return MailProof(person: person, request: message?.texts["request"].map { RequestID($0) })
        }
    }
}

/// Why a mail is not taken, for who sent it.
package enum MailRefusal: Hashable, Sendable, CustomStringConvertible {
    case unknownSender
    case notVerified
    case mayNotWrite
    case staffWithoutProof
    case nothingInIt
    /// What the service desk says.
    case notDone(String)

    package var description: String {
        switch self {
        case .unknownSender:
            "we do not know this address: write from the one that we have of you, or ask us to add it"
        case .notVerified: "the mail server of the sender's domain does not stand for this mail"
        case .mayNotWrite: "you may read your company's requests, not write: ask a colleague who manages your account"
        case .staffWithoutProof:
            "mail of staff is taken as an answer to a mail about a request that we sent them: sign in to write"
        case .nothingInIt: "there is nothing in it that could be kept"
        case .notDone(let why): why
        }
    }
}
