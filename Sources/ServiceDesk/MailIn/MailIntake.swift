package import Agreements
import Crypto
package import Exchange
import Foundation
package import Rating
import Storage

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
        case .open(let actor, _, _), .answer(let actor, _):
            person = actor.id
            outcome = try file(mail, route, actor)
        }
        try desk.store.write { connection in
            try MailInLog(connection).add(outcome, from: person, at: desk.now)
        }
        return outcome
    }

    private func file(_ mail: IncomingMail, _ route: MailRoute, _ actor: Actor) throws -> Outcome {
        let lately = try desk.store.read {
            try MailInLog($0).count(from: actor.id, since: Instant(seconds: desk.now.seconds - 3600))
        }
        guard lately < MailIntake.mostPerHour else { return .later }
        let content = MailContent(mail, isAnswer: { if case .answer = route { true } else { false } }())
        guard let text = content.text ?? (content.files.isEmpty ? nil : "") ?? openingText(route) else {
            return .refused(.nothingInIt)
        }
        do {
            switch route {
            case .answer(_, let request):
                let operation = WriteMessage(
                    request: request, text: text, isInternal: false, attachments: content.files)
                _ = try desk.perform(operation, by: actor, key: key(of: mail))
                return .answered(request)
            case .open(_, let client, let line):
                let operation = OpenRequest(
                    client: client, serviceLine: line, title: content.title, message: text.isEmpty ? nil : text,
                    attachments: content.files, cameByMail: true)
                return .opened(RequestID(try desk.perform(operation, by: actor, key: key(of: mail)).id))
            case .ignore, .refuse: return .refused(.nothingInIt)
            }
        } catch Refusal.keyUsedOtherwise {
            // It came before, when it was something else: the request that it opened then is known now.
            return .ignored("it was filed before")
        } catch let refusal as Refusal {
            return .refused(.notDone("\(refusal)"))
        } catch let problems as Problems {
            return .refused(
                .notDone(problems.all.map { "\($0.subject): \($0.message); \($0.fix)" }.joined(separator: ". ")))
        }
    }

    /// A subject alone is a request; an answer says something.
    private func openingText(_ route: MailRoute) -> String? { if case .open = route { "" } else { nil } }

    /// What makes two mails the same, whichever way they came: their id, sender and words.
    private func key(of mail: IncomingMail) -> String {
        let words = [mail.id ?? "", mail.sender.lowercased(), mail.subject, mail.text].joined(separator: "\n")
        return "mail/" + FactExport.hex(Array(SHA256.hash(data: Data(words.utf8))))
    }
}
