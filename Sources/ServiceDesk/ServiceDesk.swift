import Agreements
import Crypto
package import Database
import Exchange
import Formats
import Foundation
package import Storage
package import Values

/// Every operation that a person can do, whichever way they come: command line, pages or API.
public struct ServiceDesk: Sendable {
    package let store: Store
    private let clock: @Sendable () -> Instant
    private let random: @Sendable (Int) -> [UInt8]

    /// - Parameters:
    ///   - clock: the time now.
    ///   - random: so many bytes that nobody can guess.
    package init(
        store: Store, clock: @escaping @Sendable () -> Instant, random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.store = store
        self.clock = clock
        self.random = random
    }

    /// The time now.
    package var now: Instant { clock() }

    /// A word that nobody can guess, of so many bytes.
    func secretWord(bytes count: Int) -> String { Hex.text(random(count)) }

    /// Does an operation: one transaction with its facts, its line in the audit trail, what others are told of it, and
    /// the answer under its key (design X4).
    ///
    /// - Parameters:
    ///   - key: a repeat with the same key gets the first answer, and nothing is done again.
    ///   - condition: throws where it is not to be done any more; asked in the same transaction, so that nothing comes
    ///     between. Not asked of a repeat.
    /// - Throws: `Problems`, ``Refusal`` or `StorageError`, or what the condition throws; nothing is recorded then.
    package func perform<Asked: DeskOperation>(
        _ operation: Asked, by actor: Actor, key: String? = nil,
        onlyIf condition: ((any SQLConnection) throws -> Void)? = nil
    ) throws -> Asked.Answer {
        try checkMay(actor, Asked.self)
        let digest = key == nil ? [] : operation.content.digest
        return try SavedWork.saving { try record(operation, by: actor, key, digest, onlyIf: condition) }
    }

    private func record<Asked: DeskOperation>(
        _ operation: Asked, by actor: Actor, _ key: String?, _ digest: [UInt8],
        onlyIf condition: ((any SQLConnection) throws -> Void)?
    ) throws -> Asked.Answer {
        try store.write { connection in
            if let key, let answer = try answer(to: key, Asked.self, digest, actor, connection) { return answer }
            try condition?(connection)
            let desk = try DeskTransaction(store, connection, actor: actor, clock: clock()) { random(16) }
            if let client = actor.client, try !operation.isAbout(client, in: desk) { throw Refusal.nothingThere }
            let sure = try Clocks.sure(connection, now: desk.now)
            let answer = try operation.perform(in: desk)
            try desk.keepSnapshots()
            let about = desk.about ?? operation.about
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: desk.now, actor: actor.id, operation: Asked.name, client: about.client,
                    subject: about.subject, facts: desk.recorded, state: desk.state))
            if let key {
                let text = String(decoding: try encoder.encode(answer), as: UTF8.self)
                try Answers(connection).forget(before: sure + -ServiceDesk.keysLast)
                try Answers(connection).keep(
                    .init(operation: Asked.name, digest: digest, text: text), under: key, of: actor.id, at: desk.now)
            }
            return answer
        }
    }

    /// How long the answers to keys of programs and mails are kept.
    private static let keysLast = Hours(30 * 24)

    /// Writes what is no operation, as a token or a calendar's address, and counts it as saved.
    @discardableResult func save<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        try SavedWork.saving { try store.write(body) }
    }

    /// Whether something was done under somebody's key.
    package func isDone(_ key: String, by actor: Actor) throws -> Bool {
        try store.read { try Answers($0).answer(to: key, of: actor.id) } != nil
    }

    private func checkMay<Asked: DeskOperation>(_ actor: Actor, _: Asked.Type) throws {
        switch actor.standing {
        case .staff(let role):
            guard role < Asked.role else { return }
            throw Refusal.notAllowed(
                "\(actor.id) may not do this (\(Asked.name)): it takes \(Asked.role == .owner ? "an" : "a") "
                    + "\(Asked.role.rawValue)")
        case .contact(_, let role):
            guard let needed = Asked.contactRole else { throw Refusal.nothingThere }
            guard role < needed else { return }
            throw Refusal.notAllowed(
                "You may not do this as \(role.rawValue): it takes \(needed == .approver ? "an" : "a") "
                    + "\(needed.rawValue). Ask a colleague who manages your account")
        }
    }

    /// Runs a closure in a transaction that can only read: what an operation would do.
    package func preview<Value>(by actor: Actor, _ body: (DeskTransaction) throws -> Value) throws -> Value {
        try store.read { try preview(by: actor, on: $0, body) }
    }

    /// The same within a transaction that is open.
    package func preview<Value>(
        by actor: Actor, on connection: any SQLConnection, _ body: (DeskTransaction) throws -> Value
    ) throws -> Value {
        try body(try DeskTransaction(store, connection, actor: actor, clock: clock()) { random(16) })
    }

    /// Reads the facts that rating reads.
    package func loader(_ connection: any SQLConnection) throws -> FactLoader {
        FactLoader(connection, currency: try store.terms(connection).currency)
    }

    private var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return encoder
    }

    private func answer<Asked: DeskOperation>(
        to key: String, _: Asked.Type, _ digest: [UInt8], _ actor: Actor, _ connection: any SQLConnection
    ) throws -> Asked.Answer? {
        guard let known = try Answers(connection).answer(to: key, of: actor.id) else { return nil }
        guard known.operation == Asked.name, known.digest == digest else { throw Refusal.keyUsedOtherwise(key) }
        return try JSONDecoder().decode(Asked.Answer.self, from: Data(known.text.utf8))
    }
}
