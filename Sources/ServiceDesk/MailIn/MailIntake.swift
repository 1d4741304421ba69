package import Agreements
import Crypto
import Database
package import Exchange
import Formats
import Foundation
package import Rating
import Storage
import Values

/// Takes mails in: files each as a request or an answer, once, as the person who sent it.
package struct MailIntake: Sendable {
    /// What the agency says about mail that comes in.
    package struct Rules: Hashable, Sendable {
        /// The line of new requests; nil for that of the client's first contract.
        package var serviceLine: ServiceLineID?
        /// The name under which our mail server notes whether a sender's domain stands for a mail; then mail for which it
        /// does not is refused. Nil where the server itself refuses such mail.
        package var verifiedBy: String?

        package init(serviceLine: ServiceLineID? = nil, verifiedBy: String? = nil) {
            self.serviceLine = serviceLine
            self.verifiedBy = verifiedBy
        }
    }

    /// What became of a mail.
    package enum Outcome: Hashable, Sendable {
        case opened(RequestID)
        case answered(RequestID)
        /// Nothing was done, and nobody has to know: why.
        case ignored(String)
        /// Nothing was done, and its sender should know why.
        case refused(MailRefusal)
        /// It waits for staff: why.
        case waiting(MailWaiting.Reason)
        /// Nothing was done: it should come again later.
        case later
    }

    private let desk: ServiceDesk
    private let rules: Rules

    package init(desk: ServiceDesk, rules: Rules = Rules()) {
        self.desk = desk
        self.rules = rules
    }

    /// The most mails of one person within an hour. More is a machine that does not say so, and two of them would never
    /// stop: what comes later waits.
    static let mostPerHour = 30

    /// Takes a mail in. The same mail again does nothing, and comes to the same.
    ///
    /// - Throws: `StorageError` where the database cannot be asked.
    package func take(_ mail: IncomingMail) throws -> Outcome {
        let route = try desk.store.read { try MailRoute(mail, rules, $0, desk) }
        let outcome: Outcome
        var person = mail.sender.lowercased()
        switch route {
        case .ignore(let why): outcome = .ignored(why)
        case .refuse(let why): outcome = .refused(why)
        case .wait(let why):
            let isKept = try desk.store.write { try MailWaiting($0).keep(mail, why, at: desk.now) }
            outcome = isKept ? .waiting(why) : .later
        case .file(let actor, let filing):
            person = actor.id
            outcome = try file(mail, filing, actor)
        }
        try desk.store.write { connection in
            try MailInLog(connection).add(outcome, from: person, at: desk.now)
        }
        return outcome
    }

    /// Files a mail that waited, as that of one of the contacts with its sender's address.
    ///
    /// - Throws: `Problems` where none waits under the number, or the contact has another address.
    package func file(_ id: Int, as contact: String, by actor: Actor) throws -> Outcome {
        try checkMayDecide(actor)
        guard let waiting = try desk.store.read({ try MailWaiting($0).mail(id) }) else { throw MailIntake.gone(id) }
        guard let sender = waiting.candidates.first(where: { $0.id == contact }) else {
            throw Problems([
                Problem("whose", "they have another address than its sender", fix: "choose one who has the address")
            ])
        }
        let route = try desk.store.read { try MailRoute(waiting.mail, of: sender, rules, $0, desk) }
        let outcome: Outcome
        switch route {
        case .file(let person, let filing): outcome = try file(waiting.mail, filing, person)
        case .refuse(let why): outcome = .refused(why)
        case .ignore(let why): outcome = .ignored(why)
        case .wait(let why): outcome = .waiting(why)
        }
        switch outcome {
        case .opened, .answered, .ignored: try settle(id, "mail.file", sender, outcome, by: actor)
        case .refused(let why): throw Problems([Problem("mail \(id)", "\(why)", fix: "leave it, or dismiss it")])
        case .later:
            throw Problems([
                Problem("mail \(id)", "there were too many of \(sender.name) within an hour", fix: "file it later")
            ])
        case .waiting: break
        }
        return outcome
    }

    /// Takes a mail away that waited, and files it nowhere.
    ///
    /// - Throws: `Problems` where none waits under the number.
    package func dismiss(_ id: Int, by actor: Actor) throws {
        try checkMayDecide(actor)
        try settle(id, "mail.dismiss", nil, nil, by: actor)
    }

    private func checkMayDecide(_ actor: Actor) throws {
        guard actor.may(.agent) else { throw Refusal.nothingThere }
    }

    private static func gone(_ id: Int) -> Problems {
        Problems([Problem("mail \(id)", "it does not wait any more", fix: "look at the list again")])
    }

    /// Notes what staff decided, and takes the mail from those that wait.
    private func settle(
        _ id: Int, _ operation: String, _ contact: Directory.Contact?, _ outcome: Outcome?, by actor: Actor
    ) throws {
        try desk.save { connection in
            guard try MailWaiting(connection).remove(id) else { throw MailIntake.gone(id) }
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: desk.now, actor: actor.id, operation: operation, client: contact?.client.text ?? "",
                    subject: contact?.id ?? "mail \(id)", facts: nil))
            if let outcome, let contact { try MailInLog(connection).add(outcome, from: contact.id, at: desk.now) }
        }
    }

    private func file(_ mail: IncomingMail, _ filing: MailRoute.Filing, _ actor: Actor) throws -> Outcome {
        let lately = try desk.store.read {
            try MailInLog($0).count(from: actor.id, since: Instant(seconds: desk.now.seconds - 3600))
        }
        guard lately < MailIntake.mostPerHour else { return .later }
        do {
            switch filing {
            case .answer(let request): return try answer(mail, request, actor)
            case .request(let client, let line): return try open(mail, client, line, actor)
            }
        } catch Refusal.keyUsedOtherwise where mail.id != nil {
            // It came before, and found something else: the request that it opened then is known now.
            return .ignored("it was filed before")
        } catch let refusal as Refusal {
            return .refused(.notDone("\(refusal)"))
        } catch let problems as Problems {
            return .refused(
                .notDone(problems.all.map { "\($0.subject): \($0.message); \($0.fix)" }.joined(separator: ". ")))
        }
    }

    private func answer(_ mail: IncomingMail, _ request: RequestID, _ actor: Actor) throws -> Outcome {
        let content = MailContent(mail, isAnswer: true, isOfStaff: actor.client == nil)
        guard content.text != nil || !content.files.isEmpty else { return .refused(.nothingInIt) }
        let operation = WriteMessage(
            request: request, text: content.text ?? "", whole: content.whole, isInternal: false,
            attachments: content.files, cameByMail: true)
        _ = try desk.perform(operation, by: actor, key: key(of: mail))
        return .answered(request)
    }

    private func open(_ mail: IncomingMail, _ client: ClientID, _ line: ServiceLineID, _ actor: Actor) throws
        -> Outcome
    {
        let content = MailContent(mail, isAnswer: false)
        // A subject alone is a request; nothing at all is none.
        guard content.text != nil || !content.files.isEmpty || content.hasTitle else { return .refused(.nothingInIt) }
        let operation = OpenRequest(
            client: client, serviceLine: line, title: content.title, message: content.text,
            attachments: content.files, cameByMail: true)
        return .opened(RequestID(try desk.perform(operation, by: actor, key: key(of: mail)).id))
    }

    /// What makes two mails the same, whichever way they came: their id and sender; of one without an id all that it has.
    private func key(of mail: IncomingMail) -> String {
        let sender = mail.sender.lowercased()
        let words =
            mail.id.map { [$0, sender] }
            ?? [sender, mail.date ?? "", mail.subject, mail.text]
            + mail.files.map { NewAttachment(name: $0.name, content: $0.content ?? []).description }
        return "mail/" + Hex.text(Array(SHA256.hash(data: Data(words.joined(separator: "\n").utf8))))
    }
}
