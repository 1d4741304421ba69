package import Database
import Exchange
import Formats
import Values

/// What is made of facts so that lists and searches need not read them all: kept up as facts are appended, and made anew
/// from them at any time. Nothing is in it that facts do not say.
package struct Derived {
    private let states: RequestStates
    private let index: SearchIndex

    package init(_ connection: any SQLConnection, _ dialect: SQLDialect) {
        states = RequestStates(connection)
        index = SearchIndex(connection, dialect)
    }

    /// Takes in facts that were appended, in the order of their numbers.
    func take(_ facts: [(seq: Int, fact: FactPieces)]) throws {
        try states.take(facts)
        try index.take(facts)
    }

    /// Forgets the words about somebody.
    package func forget(subject: String) throws { try index.forget(subject: subject) }

    /// Makes all of it anew. Linear in the number of facts.
    package static func rebuild(_ connection: any SQLConnection, _ dialect: SQLDialect) throws {
        let derived = Derived(connection, dialect)
        try derived.states.clear()
        try derived.index.clear()
        var batch: [(seq: Int, fact: FactPieces)] = []
        try LedgerReader(connection).forEach { record, _ in
            batch.append((record.seq, try record.pieces()))
            guard batch.count == 2000 else { return }
            try derived.take(batch)
            batch.removeAll(keepingCapacity: true)
        }
        try derived.take(batch)
    }

    /// What differs from what the facts say; nil where nothing does.
    package static func fault(_ connection: any SQLConnection) throws -> String? {
        try RequestStates(connection).fault()
    }
}

extension FactPieces {
    /// All texts of a fact, words of people too.
    ///
    /// - Throws: ``StorageError`` where they cannot be read.
    var texts: [String: String] {
        get throws {
            do {
                return try FactPieces.texts(body: body, words: words)
            } catch {
                throw StorageError.internalFault("a fact (\(kind)) cannot be read: \(error.message)")
            }
        }
    }
}
