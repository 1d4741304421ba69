import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceDesk
import Storage
import Synchronization
import Testing
import TestSupport

@testable import SiteKit
@testable import WebApp

@Suite("Lanes: what takes long keeps nothing else waiting")
struct LaneTests {
    /// Work that goes on until it is let go.
    private final class Gate: Sendable {
        private let isOpen = Mutex(false)
        let begun = Atomic<Int>(0)

        func pass() {
            begun.wrappingAdd(1, ordering: .relaxed)
            while !isOpen.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.005) }
        }

        func open() { isOpen.withLock { $0 = true } }

        /// Waits until so many stand before it.
        func hasBegun(_ count: Int) async throws {
            for _ in 0..<40_000 where begun.load(ordering: .relaxed) < count {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(begun.load(ordering: .relaxed) == count)
        }
    }

    /// How often something was done.
    private final class Tally: Sendable {
        private let number = Atomic<Int>(0)
        var count: Int { number.load(ordering: .relaxed) }
        func add() { number.wrappingAdd(1, ordering: .relaxed) }
    }

    private func lane(_ kind: Lane.Kind, _ change: (inout Lane.Size) -> Void) -> Lane {
        var size = Lane.Size(kind)
        change(&size)
        let lane = Lane(kind, size: size)
        lane.start()
        return lane
    }

    @Test("A lane that is taken leaves the others free")
    func apart() async throws {
        let lanes = Lanes()
        lanes.start()
        let gate = Gate()
        let long = (0..<2).map { _ in Task { try await lanes[.long].run { gate.pass() } } }
        let saving = (0..<16).map { _ in Task { try await lanes[.saving].run { gate.pass() } } }
        try await gate.hasBegun(18)
        #expect(try await lanes[.reading].run { 1 } == 1)
        #expect(try await lanes[.watching].run { 2 } == 2)
        gate.open()
        for task in long + saving { try await task.value }
        try await lanes.stop()
    }

    @Test("Where the line is full, or the wait too long, nothing is begun")
    func full() async throws {
        let lane = lane(.saving) { ($0.threads, $0.waiting, $0.patience) = (1, 2, .seconds(1)) }
        let gate = Gate()
        let touched = Tally()
        let first = Task { try await lane.run { gate.pass() } }
        try await gate.hasBegun(1)
        let others = (0..<2).map { _ in
            Task { try await lane.run { touched.add() } }
        }
        var refused = 0
        for task in others {
            do { try await task.value } catch PageError.crowded { refused += 1 }
        }
        #expect(refused == 2)
        // The places of those who left are still taken until their turn comes: whoever comes now is refused at once.
        await #expect(throws: PageError.crowded) { try await lane.run {} }
        gate.open()
        try await first.value
        // The places of those who left are free once their turns have come.
        for _ in 0..<10_000 {
            do {
                try await lane.run {}
                break
            } catch PageError.crowded { try await Task.sleep(for: .milliseconds(5)) }
        }
        try await lane.run {}
        #expect(touched.count == 0)
        try await lane.stop()
    }

    @Test("Reading is given up where it takes too long; what saves is waited for once it has begun")
    func patience() async throws {
        let reading = lane(.reading) { ($0.threads, $0.patience) = (1, .milliseconds(50)) }
        let gate = Gate()
        await #expect(throws: PageError.noAnswer) { try await reading.run { gate.pass() } }
        let saving = lane(.saving) { ($0.threads, $0.patience) = (1, .milliseconds(50)) }
        let saved = Task { try await saving.run { gate.pass() } }
        try await gate.hasBegun(2)
        try await Task.sleep(for: .milliseconds(200))
        gate.open()
        try await saved.value
        try await reading.stop()
        try await saving.stop()
    }

    @Test("What nobody waits for any more is not begun")
    func abandoned() async throws {
        let lane = lane(.saving) { $0.threads = 1 }
        let gate = Gate()
        let touched = Tally()
        let first = Task { try await lane.run { gate.pass() } }
        try await gate.hasBegun(1)
        let second = Task { try await lane.run { touched.add() } }
        try await Task.sleep(for: .milliseconds(50))
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        try await first.value
        try await lane.run {}
        #expect(touched.count == 0)
        try await lane.stop()
    }

    @Test("While one writes for long, pages and readiness answer, and closing a month says how far it is")
    func writing() async throws {
        for kind in EngineKind.tested {
            let test = try TestSite(kind)
            let gate = Gate()
            defer { gate.open() }
            let writer = Thread { try? test.store.write { _ in gate.pass() } }
            writer.start()
            try await gate.hasBegun(1)
            try await test.browse { browser in
                // On a machine that is busy with other tests its second may be over once.
                var ready = try await browser("").get("/ready").status
                for _ in 0..<100 where ready != .ok { ready = try await browser("").get("/ready").status }
                #expect(ready == .ok)
                #expect(try await browser("").get("/health").status == .ok)
                // Wrong tokens are counted by a write; whoever gives them, and all who read, wait for none.
                for _ in 0..<20 {
                    let wrong = try await browser("").get(
                        "/api/v1/timer", headers: [.authorization: "Bearer msty_wrong"])
                    #expect(wrong.status == .unauthorized)
                }
                #expect(try await browser("olga").get("/clients/acme").status == .ok)
                let closing = try await browser("olga").post(
                    "/clients/acme/statements/2026-10/close", ["leave": "1", "key": "k1"])
                #expect(closing.status == .seeOther)
                let page = closing.headers[.location] ?? ""
                #expect(page.hasPrefix("/progress/"))
                let shown = try await browser("olga").get(page)
                #expect(shown.text.contains("Closing the month"))
                #expect(shown.text.contains("<p>Waiting for what others save. It has taken"))
                #expect(shown.headers[SecurityHeaders.known("Refresh")] == "2")
                #expect(try await browser("mia").get(page).status == .notFound)
                gate.open()
                var last = shown
                for _ in 0..<20_000 where last.status == .ok {
                    try await Task.sleep(for: .milliseconds(10))
                    last = try await browser("olga").get(page)
                }
                #expect(last.status == .seeOther || last.status == .unprocessableContent)
            }
        }
    }
}
