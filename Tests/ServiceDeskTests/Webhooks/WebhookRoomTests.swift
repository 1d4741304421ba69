import Crypto
import Database
import Foundation
import Rating
import Storage
import Testing
import TestSupport
import Values

@testable import ServiceDesk

@Suite("Webhooks out of the outbox")
struct WebhookRoomTests {
    /// An endpoint that answers as it is told, and keeps what it was sent.
    private final class Receiver: @unchecked Sendable {
        private let lock = NSLock()
        private var calls: [WebhookCall] = []
        private var answers: [WebhookAnswer] = []

        func answer(_ answers: WebhookAnswer...) { lock.withLock { self.answers = answers } }

        /// What was sent since it was last asked.
        func taken() -> [WebhookCall] {
            lock.withLock {
                defer { calls = [] }
                return calls
            }
        }

        func receive(_ call: WebhookCall) -> WebhookAnswer {
            lock.withLock {
                calls.append(call)
                return answers.count > 1 ? answers.removeFirst() : answers.first ?? .answered(status: 204)
            }
        }
    }

    private final class Desk {
        let test: TestDesk
        let receiver = Receiver()
        let room: WebhookRoom

        init(_ kind: EngineKind) throws {
            test = try TestDesk.withAcme(kind)
            let receiver = receiver
            room = WebhookRoom(desk: test.desk) { receiver.receive($0) }
        }

        @discardableResult func add(_ events: Set<DeskEvent> = [], seed: UInt8 = 1) throws -> String {
            try test.perform(
                AddWebhook(
                    url: "https://hooks.example/\(seed)", events: events,
                    secret: WebhookSecret { [UInt8](repeating: seed, count: $0) }, allowsPrivate: false)
            ).id
        }

        func state(_ webhook: String) throws -> [String] {
            try test.store.read { try Webhooks($0).log(of: webhook, limit: 100) }.map(\.state)
        }
    }

    /// The types of some calls, read from their bodies.
    private func types(_ calls: [WebhookCall]) throws -> [String] {
        try calls.map {
            let body = try JSONSerialization.jsonObject(with: Data($0.body.utf8)) as? [String: Any]
            return body?["type"] as? String ?? ""
        }
    }

    /// What a receiver works out by itself, from the secret's bytes.
    private func signature(_ call: WebhookCall, seed: UInt8) -> String {
        let signed = "\(call.headers["webhook-id"] ?? "").\(call.headers["webhook-timestamp"] ?? "").\(call.body)"
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: [UInt8](repeating: seed, count: 32)))
        return "v1," + Data(code).base64EncodedString()
    }

    @Test(
        "Who chose an event is told of it, in order, with ids to ask by; others are not", arguments: EngineKind.tested)
    func tells(kind: EngineKind) throws {
        let desk = try Desk(kind)
        let time = try desk.add([.timeLogged, .timeVoided])
        let all = try desk.add(seed: 2)
        let entry = try desk.test.log("2026-09-19", "0:20").id
        let request = try desk.test.lastRequest()
        try desk.test.perform(WriteMessage(request: request, text: "Done", isInternal: false))
        try desk.test.perform(WriteMessage(request: request, text: "Between us", isInternal: true))
        try desk.test.perform(VoidTime(entry: EntryID(entry), reason: "Twice"))
        #expect(try desk.room.round() == .init(sent: 5, failed: 0))
        let calls = desk.receiver.taken()
        #expect(try types(calls.filter { $0.url.hasSuffix("1") }) == ["time.logged", "time.voided"])
        #expect(
            try types(calls.filter { $0.url.hasSuffix("2") }) == ["time.logged", "request.answered", "time.voided"])
        let first = try #require(calls.first)
        #expect(
            first.body == """
                {"type":"time.logged","timestamp":"2026-09-20T08:00:00Z",\
                "data":{"client":"acme","entry":"\(entry)","request":"\(request)"}}
                """)
        #expect(first.headers["webhook-timestamp"] == "1789891200")
        #expect(first.headers["webhook-signature"] == signature(first, seed: 1))
        #expect(!calls.contains { $0.body.contains("Between us") || $0.body.contains("Done") })
        // One message has one id, whoever gets it.
        #expect(Set(calls.compactMap { $0.headers["webhook-id"] }).count == 3)
        #expect(try desk.state(time) == ["sent", "sent"])
        #expect(try desk.state(all) == ["sent", "sent", "sent"])
        #expect(try desk.room.round() == .init())
    }

    @Test("What nobody is mailed about and no webhook wants is not written down", arguments: EngineKind.tested)
    func nothingForNobody(kind: EngineKind) throws {
        let desk = try Desk(kind)
        func messages() throws -> Int {
            try desk.test.store.read { try $0.first("SELECT COUNT(*) FROM outbox") { $0.integer(0) } ?? 0 }
        }
        let before = try messages()
        try desk.test.log("2026-09-19", "0:20")
        #expect(try messages() == before)
        let webhook = try desk.add([.timeLogged])
        try desk.test.log("2026-09-19", "0:21")
        #expect(try messages() == before + 1)
        try desk.test.perform(RemoveWebhook(webhook: webhook))
        try desk.test.log("2026-09-19", "0:22")
        #expect(try messages() == before + 1)
        #expect(try desk.room.round() == .init())
    }

    @Test(
        "Tries follow the schedule of Standard Webhooks, under one id, signed anew; then the endpoint is off",
        arguments: EngineKind.tested)
    func schedule(kind: EngineKind) throws {
        let desk = try Desk(kind)
        let webhook = try desk.add([.timeLogged])
        try desk.test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        desk.receiver.answer(.answered(status: 500))
        try desk.test.log("2026-09-19", "0:20")
        let start = desk.test.clock.now
        var at = start
        var tries: [Int] = []
        // Each time is asked a second before and at the time that the log gives.
        while tries.count < 20 {
            #expect(try desk.room.round() == .init(sent: 0, failed: 1))
            tries.append((at - start).seconds)
            let line = try #require(try desk.test.store.read { try Webhooks($0).log(of: webhook, limit: 1) }.first)
            #expect(line.attempts == tries.count)
            #expect(line.result == "500")
            guard let next = line.nextAt else { break }
            desk.test.clock.set("\(next + Hours(seconds: -1))")
            #expect(try desk.room.round() == .init())
            at = next
            desk.test.clock.set("\(at)")
        }
        // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
        let hour = 3600
        let waits = [0, 5, 300, hour / 2, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]
        #expect(tries == waits.indices.map { waits[...$0].reduce(0, +) })
        let calls = desk.receiver.taken()
        #expect(Set(calls.map(\.body)).count == 1)
        #expect(Set(calls.compactMap { $0.headers["webhook-id"] }).count == 1)
        #expect(calls.allSatisfy { $0.headers["webhook-signature"] == signature($0, seed: 1) })
        #expect(Set(calls.compactMap { $0.headers["webhook-timestamp"] }).count == 10)
        #expect(try desk.state(webhook) == ["failed"])

        let off = try #require(try desk.test.store.read { try Webhooks($0).endpoint(webhook) }?.offReason)
        #expect(off.contains("three days") && off.contains("500"))
        // Nothing is kept for it any more, and its owners are written to.
        try desk.test.log("2026-09-19", "0:30")
        #expect(try desk.state(webhook) == ["failed"])
        let told = try desk.test.store.read { connection in
            let message = try #require(try Outbox(connection).waiting(limit: 100).last { $0.kind == "webhook.off" })
            let letters = Letters(connection, desk: desk.test.desk, publicURL: "https://desk.example")
            return try letters.readers(of: message).map { ($0.person, try letters.letter(of: message, to: $0)?.text) }
        }
        #expect(told.map(\.0) == ["olga"])
        #expect(told.first?.1?.contains(off) == true)

        try desk.test.perform(TurnOnWebhook(webhook: webhook))
        #expect(throws: Problems.self) { try desk.test.perform(TurnOnWebhook(webhook: webhook)) }
        desk.receiver.answer(.answered(status: 200))
        let line = try #require(try desk.test.store.read { try Webhooks($0).log(of: webhook, limit: 1) }.first)
        try desk.test.perform(ReplayWebhook(webhook: webhook, delivery: line.id))
        #expect(try desk.room.round() == .init(sent: 1, failed: 0))
        #expect(try desk.state(webhook) == ["sent"])
    }

    @Test("Gone is gone; patience is given to who asks for it; one success keeps an endpoint on")
    func answers() throws {
        let desk = try Desk(.sqlite)
        let webhook = try desk.add([.timeLogged])
        func line() throws -> Webhooks.Line? {
            try desk.test.store.read { try Webhooks($0).log(of: webhook, limit: 1) }.first
        }
        desk.receiver.answer(.answered(status: 429, retryAfter: 600), .failed("nobody listens there"))
        try desk.test.log("2026-09-19", "0:20")
        _ = try desk.room.round()
        #expect(try line()?.nextAt == desk.test.clock.now + Hours(seconds: 600))
        desk.test.clock.set("\(desk.test.clock.now + Hours(seconds: 600))")
        _ = try desk.room.round()
        #expect(try line()?.result == "nobody listens there")
        #expect(try line()?.nextAt == desk.test.clock.now + Hours(seconds: 300))
        // A redirect is no success.
        desk.receiver.answer(.answered(status: 302), .answered(status: 200), .answered(status: 410))
        desk.test.clock.set("\(desk.test.clock.now + Hours(seconds: 300))")
        #expect(try desk.room.round() == .init(sent: 0, failed: 1))
        desk.test.clock.set("\(desk.test.clock.now + Hours(seconds: 1800))")
        #expect(try desk.room.round() == .init(sent: 1, failed: 0))
        try desk.test.log("2026-09-19", "0:21")
        try desk.test.log("2026-09-19", "0:22")
        #expect(try desk.room.round() == .init(sent: 0, failed: 1))
        #expect(try desk.state(webhook) == ["waiting", "failed", "sent"])
        #expect(try desk.test.store.read { try Webhooks($0).endpoint(webhook) }?.offReason == "it answered 410 Gone")
        // What waited is sent once it is on again.
        desk.receiver.answer(.answered(status: 200))
        try desk.test.perform(TurnOnWebhook(webhook: webhook))
        #expect(try desk.room.round() == .init(sent: 1, failed: 0))
    }

    @Test("For a day after a change both secrets sign; then the new one alone", arguments: EngineKind.tested)
    func rotation(kind: EngineKind) throws {
        let desk = try Desk(kind)
        let webhook = try desk.add([.timeLogged])
        try desk.test.perform(
            ChangeWebhookSecret(webhook: webhook, secret: WebhookSecret { [UInt8](repeating: 9, count: $0) }))
        try desk.test.log("2026-09-19", "0:20")
        _ = try desk.room.round()
        let both = try #require(desk.receiver.taken().first)
        #expect(both.headers["webhook-signature"] == signature(both, seed: 9) + " " + signature(both, seed: 1))
        desk.test.clock.set("2026-09-21T08:00:00Z")
        try desk.test.log("2026-09-19", "0:21")
        _ = try desk.room.round()
        let one = try #require(desk.receiver.taken().first)
        #expect(one.headers["webhook-signature"] == signature(one, seed: 9))
    }

    @Test("What is removed while it is called takes nothing of another with it", arguments: EngineKind.tested)
    func removedMeanwhile(kind: EngineKind) throws {
        // first:  claimed ── called ── answers 204 ──▶ noted: not as the second's
        // owner:               removes it, adds a second, something happens
        let test = try TestDesk.withAcme(kind)
        let first = try test.perform(
            AddWebhook(
                url: "https://one.example/", events: [], secret: WebhookSecret { [UInt8](repeating: 1, count: $0) },
                allowsPrivate: false)
        ).id
        try test.log("2026-09-10", "0:10")
        let room = WebhookRoom(desk: test.desk) { _ in
            _ = try? test.perform(RemoveWebhook(webhook: first))
            _ = try? test.perform(
                AddWebhook(
                    url: "https://two.example/", events: [],
                    secret: WebhookSecret { [UInt8](repeating: 2, count: $0) }, allowsPrivate: false))
            _ = try? test.log("2026-09-11", "0:10")
            return .answered(status: 204)
        }
        _ = try room.work(on: first)
        let receiver = Receiver()
        _ = try WebhookRoom(desk: test.desk) { receiver.receive($0) }.round()
        #expect(receiver.taken().map(\.url) == ["https://two.example/"])
    }

    @Test("Two servers send no message twice", arguments: EngineKind.tested)
    func together(kind: EngineKind) throws {
        let desk = try Desk(kind)
        try desk.add([.timeLogged])
        for minute in 1...12 { try desk.test.log("2026-09-19", Hours(0, minute)) }
        let room = desk.room
        let sum = Sum()
        DispatchQueue.concurrentPerform(iterations: 2) { _ in sum.add((try? room.round().sent) ?? -1000) }
        #expect(sum.value == 12)
        #expect(Set(desk.receiver.taken().compactMap { $0.headers["webhook-id"] }).count == 12)
    }

    private final class Sum: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var value = 0
        func add(_ number: Int) { lock.withLock { value += number } }
    }

    @Test("Webhooks are for owners; a backup takes them along", arguments: EngineKind.tested)
    func ownersAndBackup(kind: EngineKind) throws {
        let desk = try Desk(kind)
        try desk.test.perform(AddUser(id: "mia", fullName: "Mia", role: .manager))
        let mia = Actor(id: "mia", role: .manager)
        #expect(throws: Refusal.self) {
            try desk.test.perform(
                AddWebhook(
                    url: "https://hooks.example/", events: [],
                    secret: WebhookSecret { [UInt8](repeating: 3, count: $0) },
                    allowsPrivate: false), as: mia)
        }
        let webhook = try desk.add([.timeLogged])
        try desk.test.log("2026-09-19", "0:20")
        let path = NSTemporaryDirectory() + "webhooks-\(UUID().uuidString).backup"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(desk.test.store, to: path, at: desk.test.clock.now)
        let other = try TestDesk(empty: kind)
        _ = try Backup.restore(Data(contentsOf: URL(fileURLWithPath: path)), file: path, into: other.store)
        let receiver = desk.receiver
        other.clock.set("\(desk.test.clock.now)")
        #expect(try WebhookRoom(desk: other.desk) { receiver.receive($0) }.round() == .init(sent: 1, failed: 0))
        let call = try #require(receiver.taken().first)
        #expect(call.headers["webhook-signature"] == signature(call, seed: 1))
        #expect(try other.store.read { try Webhooks($0).endpoint(webhook)?.events } == [.timeLogged])
    }
}
