import Foundation

/// Puts what several threads write at one time into one transaction, so that they share the wait for the disk.
///
/// Each is undone alone where it fails. Nobody is told of success before the transaction is on the disk.
package final class GroupCommit: @unchecked Sendable {
    private let engine: any SQLEngine
    private let saving: Saving
    private let condition = NSCondition()
    /// Guarded by the condition.
    private var waiting: [Item] = []
    private var isBusy = false

    /// - Parameter saving: is told of what could not be saved.
    package init(_ engine: any SQLEngine, _ saving: Saving) {
        self.engine = engine
        self.saving = saving
    }

    /// One thread's part. Its closure is run by whichever thread leads, while the thread it belongs to waits.
    private final class Item {
        let run: (any SQLConnection) throws -> Void
        var failure: (any Error)?
        var isDone = false

        init(_ run: @escaping (any SQLConnection) throws -> Void) { self.run = run }
    }

    /// The most parts of one transaction: a long one would keep readers of its result waiting.
    private static let most = 128

    /// The one whose part this thread runs now: another part would wait for the commit that it is in.
    @TaskLocal private static var open: ObjectIdentifier?

    /// Runs a closure in a transaction, maybe together with others.
    ///
    /// - Throws: ``StorageError``, also where this is called within such a closure; and what the closure throws.
    package func perform<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        guard GroupCommit.open != ObjectIdentifier(self) else {
            throw StorageError.internalFault("a transaction that writes was begun inside another")
        }
        return try withoutActuallyEscaping(body) { body in
            var value: Value?
            // Whichever thread leads: how far it is, is told to whoever waits for this part.
            let progress = WorkProgress.current
            let item = Item { connection in
                try GroupCommit.$open.withValue(ObjectIdentifier(self)) {
                    try WorkProgress.$current.withValue(progress) { value = try body(connection) }
                }
            }
            WorkProgress.now("waiting for what others save")
            enqueue(item)
            if let failure = item.failure { throw failure }
            guard let value else { throw StorageError.internalFault("a transaction had no result") }
            return value
        }
    }

    private func enqueue(_ item: Item) {
        condition.lock()
        waiting.append(item)
        while !item.isDone {
            if isBusy {
                condition.wait()
                continue
            }
            // Nobody leads: this thread does, for everybody who waits now.
            isBusy = true
            let items = Array(waiting.prefix(GroupCommit.most))
            waiting.removeFirst(items.count)
            condition.unlock()
            commit(items)
            condition.lock()
            for item in items { item.isDone = true }
            isBusy = false
            condition.broadcast()
        }
        condition.unlock()
    }

    private func commit(_ items: [Item]) {
        do {
            try engine.write { connection in
                if items.count == 1 {
                    // Alone it needs no savepoint: where it fails, all is undone.
                    try items[0].run(connection)
                    return
                }
                for item in items {
                    item.failure = nil
                    do {
                        try connection.savepoint { try item.run(connection) }
                    } catch let error as StorageError where error.endsTransaction {
                        throw error
                    } catch {
                        item.failure = error
                    }
                }
            }
        } catch {
            saving.failed(error)
            for item in items { item.failure = error }
        }
    }
}
