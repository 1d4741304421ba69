import HTTPTypes
import Synchronization
import Testing
import TestSupport

@testable import SiteKit
@testable import WebApp

@Suite("Waiting for a turn")
struct WaitingLineTests {
    /// What was at work, of each name and at most.
    private struct Work {
        var now: [String: Int] = [:]
        var most: [String: Int] = [:]
        var done: [String] = []
    }

    private func line(waiting: Int = 100, of each: Int = 100, patience: Duration = .seconds(60)) -> WaitingLine {
        WaitingLine(working: .init(all: 3, each: 2), waiting: .init(all: waiting, each: each), patience: patience)
    }

    @Test("All get their turn, and never too many at once")
    func turns() async throws {
        let line = line()
        let work = Locked(Work())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                let name = ["a", "b", "c"][number % 3]
                group.addTask {
                    try await line.with(name) {
                        work.change { work in
                            for name in [name, "all"] {
                                work.now[name, default: 0] += 1
                                work.most[name] = max(work.most[name] ?? 0, work.now[name] ?? 0)
                            }
                        }
                        for _ in 0..<20 { await Task.yield() }
                        work.change { work in
                            for name in [name, "all"] { work.now[name, default: 0] -= 1 }
                            work.done.append(name)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let all = work.value
        #expect(all.done.count == 60)
        #expect(all.most["all"] ?? 0 <= 3)
        #expect(["a", "b", "c"].allSatisfy { all.most[$0] ?? 0 <= 2 })
    }

    /// Work that goes on until it is told to end.
    private final class Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let end: AsyncStream<Void>.Continuation
        init() { (stream, end) = AsyncStream.makeStream() }
        func open() { end.finish() }
        func wait() async { for await _ in stream {} }
    }

    /// Waits until a condition holds.
    private func until(_ condition: () -> Bool) async throws {
        for _ in 0..<10_000 where !condition() { try await Task.sleep(for: .milliseconds(2)) }
        #expect(condition())
    }

    @Test("A crowd of one name keeps another waiting for little; a line that is full says so")
    func crowd() async throws {
        let line = line(waiting: 5, of: 4)
        let gates = (0..<2).map { _ in Gate() }
        let done = Locked<[String]>([])
        let begun = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2 {
                group.addTask {
                    try await line.with("crowd") {
                        begun.change { $0 += 1 }
                        await gates[number].wait()
                    }
                    done.change { $0.append("first") }
                }
            }
            try await until { begun.value == 2 }
            for _ in 0..<4 { group.addTask { try await line.with("crowd") { done.change { $0.append("crowd") } } } }
            try await until { line.waitingNow == 4 }
            // Four of them wait; no more may. Somebody else comes in at once.
            await #expect(throws: PageError.tooMuch(wait: 5)) { try await line.with("crowd") {} }
            try await line.with("other") { done.change { $0.append("other") } }
            #expect(done.value == ["other"])
            for gate in gates { gate.open() }
            try await group.waitForAll()
        }
        #expect(done.value.count { $0 == "crowd" } == 4)
    }

    @Test("Who waits for too long, or goes away, leaves the line")
    func leaving() async throws {
        let line = line(patience: .milliseconds(20))
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let begun = Locked(0)
            for _ in 0..<2 {
                group.addTask {
                    try await line.with("a") {
                        begun.change { $0 += 1 }
                        await gate.wait()
                    }
                }
            }
            try await until { begun.value == 2 }
            await #expect(throws: PageError.crowded) { try await line.with("a") {} }
            let gone = Task { try await line.with("a") {} }
            gone.cancel()
            await #expect(throws: PageError.crowded) { try await gone.value }
            #expect(line.waitingNow == 0)
            gate.open()
            try await group.waitForAll()
            try await line.with("a") {}
        }
    }

    @Test("Forty people of one office sign in at once, and all are in", arguments: EngineKind.tested)
    func office(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        try await test.browse { browser in
            let answers = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for number in 0..<40 {
                    let name = ["ari", "bo", "mia", "olga"][number % 4]
                    group.addTask {
                        try await browser("").post(
                            "/sign-in", ["email": "\(name)@agency.example", "password": TestSite.password]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers == Array(repeating: .seeOther, count: 40))
        }
    }
}
