import Synchronization

/// A line for work of which only so much may be done at once: whoever comes waits for their turn, unless the line is full. Those
/// of one name wait for each other first, so that a crowd from one place keeps others waiting for little.
package final class WaitingLine: Sendable {
    /// How many, in all and of each name.
    package struct Most {
        package var all: Int
        package var each: Int

        package init(all: Int, each: Int) {
            self.all = all
            self.each = each
        }
    }

    private struct Place {
        let number: Int
        let name: String
        let turn: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var number = 0
        var working: [String: Int] = [:]
        var workingInAll = 0
        /// In the order in which they came.
        var waiting: [Place] = []
    }

    private let working: Most
    private let waiting: Most
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - working: how many are worked on at once.
    ///   - waiting: how many wait.
    ///   - patience: how long one waits.
    package init(working: Most, waiting: Most, patience: Duration) {
        self.working = working
        self.waiting = waiting
        self.patience = patience
    }

    /// How many may wait.
    package var mostWaiting: Int { waiting.all }

    /// How many wait.
    package var waitingNow: Int { state.withLock { $0.waiting.count } }

    /// Does something once it is its turn.
    ///
    /// - Throws: ``PageError/tooMuch(wait:)`` where too many of the name wait, ``PageError/crowded`` where too many do or the
    ///   turn does not come.
    package func with<Value: Sendable>(_ name: String, _ body: () async throws -> Value) async throws -> Value {
        try await enter(name)
        defer { leave(name) }
        return try await body()
    }

    private func enter(_ name: String) async throws {
        enum Entry { case now, later(Int) }
        let entry = try state.withLock { state -> Entry in
            if state.waiting.isEmpty || (state.working[name] ?? 0) == 0, hasRoom(for: name, state) {
                take(name, &state)
                return .now
            }
            guard state.waiting.count < waiting.all else { throw PageError.crowded }
            guard state.waiting.count(where: { $0.name == name }) < waiting.each else {
                throw PageError.tooMuch(wait: 5)
            }
            state.number += 1
            return .later(state.number)
        }
        guard case .later(let number) = entry else { return }
        let timer = Task { [self, patience] in
            try await Task.sleep(for: patience)
            giveUp(number)
        }
        defer { timer.cancel() }
        let isTheirTurn = await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                state.withLock { $0.waiting.append(Place(number: number, name: name, turn: turn)) }
                // Room may have come meanwhile, or nobody wants it any more.
                if Task.isCancelled { giveUp(number) } else { callNext() }
            }
        } onCancel: {
            giveUp(number)
        }
        guard isTheirTurn else { throw PageError.crowded }
    }

    private func leave(_ name: String) {
        state.withLock { state in
            state.workingInAll -= 1
            let left = (state.working[name] ?? 1) - 1
            state.working[name] = left > 0 ? left : nil
        }
        callNext()
    }

    private func hasRoom(for name: String, _ state: State) -> Bool {
        state.workingInAll < working.all && (state.working[name] ?? 0) < working.each
    }

    private func take(_ name: String, _ state: inout State) {
        state.workingInAll += 1
        state.working[name, default: 0] += 1
    }

    /// Lets in whoever may: of the names that have room, the one of which the fewest are worked on.
    private func callNext() {
        let turns = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            var turns: [CheckedContinuation<Bool, Never>] = []
            while true {
                let fitting = state.waiting.indices.filter { hasRoom(for: state.waiting[$0].name, state) }
                // The first of equals: they stand in the order in which they came.
                let next = fitting.min { (a, b) in
                    (state.working[state.waiting[a].name] ?? 0, a) < (state.working[state.waiting[b].name] ?? 0, b)
                }
                guard let next else { return turns }
                let place = state.waiting.remove(at: next)
                take(place.name, &state)
                turns.append(place.turn)
            }
        }
        for turn in turns { turn.resume(returning: true) }
    }

    private func giveUp(_ number: Int) {
        let turn = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let place = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiting.remove(at: place).turn
        }
        turn?.resume(returning: false)
    }
}
