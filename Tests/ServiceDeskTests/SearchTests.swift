import Agreements
import Database
import FoundationEssentials
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@testable import Storage

@Suite("Search")
struct SearchTests {
    private func find(_ test: TestDesk, _ text: String, limit: Int = 20) throws -> [String] {
        try hits(test, text, limit: limit).map { "\($0.kind.rawValue) \($0.id)" }
    }

    private func hits(_ test: TestDesk, _ text: String, limit: Int = 20) throws -> [Search.Hit] {
        let dialect = test.store.engine.dialect
        return try test.store.read { try Search($0, dialect).find(text, limit: limit) }
    }

    /// All that is in the index, by place.
    private func index(_ test: TestDesk) throws -> [String] {
        let place = test.store.engine.dialect.searchPlace
        return try test.store.read {
            try $0.all("SELECT \(place), words, kind, id, client, request FROM search ORDER BY 1") {
                "\($0.integer(0)) \($0.text(1)) \($0.text(2)) \($0.text(3)) \($0.text(4)) \($0.optionalText(5) ?? "-")"
            }
        }
    }

    /// Expects that making the index anew from the facts gives what it is.
    private func expectWhole(_ test: TestDesk) throws {
        let kept = try index(test)
        try test.store.write { try Derived.rebuild($0, test.store.engine.dialect) }
        #expect(try index(test) == kept)
    }

    @Test("Everything that people wrote is found, what has the text as its id first", arguments: EngineKind.tested)
    func kinds(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        let contact = try test.perform(
            AddContact(client: "acme", fullName: "Zoë Slåtten", email: "zoe@acme.example", phone: "555 0100")
        ).id
        try test.perform(AddProject(id: "relaunch", client: "acme", title: "New checkout"))
        let message = try test.perform(
            WriteMessage(
                request: request, text: "The CHECKOUT is slow since Monday", isInternal: true,
                attachments: [NewAttachment(name: "trace route.txt", content: [0x41])])
        ).id
        let entry = try test.perform(
            LogTime(
                request: request, workType: "research", when: .dated("2026-09-05", "1:00"),
                note: "Measured the checkout")
        ).id
        #expect(Set(try find(test, "checkout")) == ["project relaunch", "message \(message)", "time \(entry)"])
        #expect(Set(try find(test, "slow")) == ["request \(request)", "message \(message)"])
        for text in ["zoe slatten", "ZOË", "Slåt", "zoe@acme.example", "555 0100", "\"zoe\" -slatten*"] {
            #expect(try find(test, text) == ["contact \(contact)"], "\(text)")
        }
        #expect(try find(test, "trace").first?.hasPrefix("attachment ") == true)
        #expect(try find(test, "checkout slow") == ["message \(message)"])
        #expect(try find(test, "checkout quick") == [])
        #expect(try find(test, "acme").first == "client acme")
        #expect(try find(test, request.text).first == "request \(request)")
        #expect(try find(test, entry).first == "time \(entry)")
        let hit = try #require(try hits(test, "measu").first)
        #expect(hit.client == "acme")
        #expect(hit.request == request)
        #expect(hit.snippet.filter(\.isMatch).map(\.text) == ["Measured"])
        #expect(hit.snippet.map(\.text).joined() == "Measured the checkout")
        try expectWhole(test)
    }

    @Test("A corrected note takes the place of the old one, a withdrawn entry is gone", arguments: EngineKind.tested)
    func corrections(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        let entry = EntryID(
            try test.perform(
                LogTime(request: request, workType: "research", when: .dated("2026-09-05", "1:00"), note: "First words")
            ).id)
        try test.perform(CorrectTime(entry: entry, note: "Second words", reason: "Better words"))
        #expect(try find(test, "first") == [])
        #expect(try find(test, "second") == ["time \(entry)"])
        #expect(try hits(test, "words").first?.snippet.map(\.text).joined() == "Second words")
        try expectWhole(test)
        try test.perform(VoidTime(entry: entry, reason: "Mistake"))
        #expect(try find(test, "words") == [])
        try expectWhole(test)
    }

    @Test("A request that moves takes what belongs to it along", arguments: EngineKind.tested)
    func moves(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        try test.perform(AddClient(id: "bolt", fullName: "Bolt", zone: .utc))
        try test.perform(
            LogTime(request: request, workType: "research", when: .dated("2026-09-05", "1:00"), note: "Old pages"))
        try test.perform(MoveRequest(request: request, client: "bolt", reason: "Theirs"))
        #expect(try hits(test, "pages").map(\.client) == ["bolt", "bolt"])
    }

    @Test("What is erased is not found, nor kept", arguments: EngineKind.tested)
    func erased(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let contact = try test.perform(
            AddContact(client: "acme", fullName: "Quentin Quill", email: "qq@acme.example")
        ).id
        #expect(try find(test, "quen") == ["contact \(contact)"])
        try test.perform(ErasePerson(id: contact))
        for text in ["quen", "quill", "qq@acme.example"] { #expect(try find(test, text) == []) }
        #expect(try !index(test).joined().contains("quill"))
        try expectWhole(test)
    }

    @Test(
        "Whatever somebody types is words to find, never a command to the engine", arguments: EngineKind.tested)
    func junk(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        for text in [
            "", " ", "'", "\"", "' OR 1=1 --", "slow:*", "slow & !pages", "NEAR(slow pages)", "words:slow", "(", "*",
            "slow\u{0}pages", "\\", "$1", ":*", "<->", String(repeating: "x ", count: 5000),
            String(repeating: "y", count: 100_000), "😀", "ﬁ", "İ", "-slow", "^slow", "slow AND pages", "{slow}",
        ] { _ = try find(test, text) }
        #expect(try find(test, "slow\u{0}pages") == ["request \(test.lastRequest())"])
        #expect(try find(test, "*slow* (pages)") == ["request \(test.lastRequest())"])
        // Longer than one of the engines takes as a word, and more than it takes as a text.
        let long = String(repeating: "z", count: 5000)
        try test.perform(WriteMessage(request: test.lastRequest(), text: "\(long) needle", isInternal: true))
        #expect(try find(test, "needle").count == 1)
        let many = (0..<20_000).map { "w\($0)" }.joined(separator: " ")
        do {
            try test.perform(WriteMessage(request: test.lastRequest(), text: many, isInternal: true))
            #expect(try find(test, "w17").count >= 1)
        } catch is Problems {
            // Longer than a message may be.
        }
        try expectWhole(test)
    }

    @Test("A long text is cut around the word, on both sides", arguments: EngineKind.tested)
    func snippet(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let filler = String(repeating: "lorem ", count: 100)
        try test.perform(
            WriteMessage(request: test.lastRequest(), text: "\(filler)needle \(filler)", isInternal: true))
        let snippet = try #require(try hits(test, "needle").first).snippet.map(\.text).joined()
        #expect(snippet.hasPrefix("… "))
        #expect(snippet.hasSuffix(" …"))
        #expect(snippet.contains(" needle "))
        #expect(snippet.count < 220)
    }
}

@Suite("The audit trail, filtered")
struct AuditFilterTests {
    @Test("A filter gives what picking from all lines by hand gives", arguments: EngineKind.tested)
    func filters(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddUser(id: "ari", fullName: "Ari", role: .agent))
        let agent = Actor(id: "ari", role: .agent)
        try test.log("2026-09-05", "1:00", as: agent)
        test.clock.set("2026-09-21T08:00:00Z")
        try test.log("2026-09-06", "1:00")
        try test.perform(StartTimer(request: test.lastRequest(), workType: "research"))
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        let all = try test.store.read { try AuditTrail($0).lines(matching: AuditFilter(), limit: 1000) }
        #expect(all.count > 8)
        func expect(_ filter: AuditFilter, _ picks: (AuditLine) -> Bool) throws {
            let lines = try test.store.read { try AuditTrail($0).lines(matching: filter, limit: 1000) }
            #expect(lines == all.filter(picks))
            #expect(!lines.isEmpty && lines.count < all.count, "\(filter)")
        }
        try expect(AuditFilter(actor: "ari")) { $0.actor == "ari" }
        try expect(AuditFilter(client: "acme")) { $0.client == "acme" }
        try expect(AuditFilter(subject: "beta")) { $0.subject == "beta" }
        try expect(AuditFilter(operation: "time.log")) { $0.operation == "time.log" }
        // "time" is all that begins with "time.", and not "timer".
        try expect(AuditFilter(operation: "time")) { $0.operation.hasPrefix("time.") }
        try expect(AuditFilter(operation: "timer")) { $0.operation.hasPrefix("timer.") }
        try expect(AuditFilter(from: "2026-09-21T08:00:00Z")) { $0.at >= "2026-09-21T08:00:00Z" }
        try expect(AuditFilter(to: "2026-09-21T08:00:00Z")) { $0.at < "2026-09-21T08:00:00Z" }
        try expect(AuditFilter(actor: "olga", operation: "time")) { $0.actor == "olga" && $0.operation == "time.log" }
        // Page by page it is the same.
        var paged: [AuditLine] = []
        while true {
            let page = try test.store.read {
                try AuditTrail($0).lines(matching: AuditFilter(client: "acme"), before: paged.last?.id, limit: 2)
            }
            paged += page
            if page.count < 2 { break }
        }
        #expect(paged == all.filter { $0.client == "acme" })
        // What looks like a command to the engine is a text.
        let none = try test.store.read {
            try AuditTrail($0).lines(matching: AuditFilter(actor: "' OR 1=1 --", operation: "%"), limit: 10)
        }
        #expect(none == [])
    }
}

@Suite("The clock of the first answer")
struct ResponseClockTests {
    /// A desk whose plan of two hours promises an answer within four business hours.
    private func desk(_ kind: EngineKind) throws -> (TestDesk, RequestID) {
        let test = try TestDesk(kind, at: "2026-09-01T08:00:00Z", terms: [])
        let yaml =
            try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
            .replacing("overage_rate: 155.00}", with: "overage_rate: 155.00, first_response: 4}")
            + "\nbusiness_hours: {days: [monday, tuesday, wednesday, thursday, friday], opens: 9:00, closes: 17:00}\n"
        try test.perform(AddTerms(yaml: yaml, file: "t"))
        try test.perform(AddClient(id: "acme", fullName: "Acme", zone: .utc))
        try test.perform(
            SignContract(
                id: "acme-web", client: "acme", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01"))
        // A Friday afternoon.
        test.clock.set("2026-09-18T15:30:00Z")
        try test.perform(OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Slow"))
        return (test, try test.lastRequest())
    }

    private func clock(_ test: TestDesk, _ id: RequestID) throws -> ResponseClock {
        let clocks = try test.desk.preview(by: test.owner) { desk in
            let rows = try RequestBoard(desk.connection).request(id).map { [$0] } ?? []
            return try ResponseClock.clocks(of: rows, desk)
        }
        return try #require(clocks[id])
    }

    @Test("It runs in business hours, and is met by an answer that the client can read", arguments: EngineKind.tested)
    func met(kind: EngineKind) throws {
        let (test, id) = try desk(kind)
        test.clock.set("2026-09-21T10:00:00Z")
        let running = try clock(test, id)
        #expect(running.state == .running)
        #expect(running.elapsed == "2:30")
        #expect(running.remaining == "1:30")
        #expect(running.due == "2026-09-21T11:30:00Z")
        try test.perform(WriteMessage(request: id, text: "a note", isInternal: true))
        #expect(try clock(test, id).state == .running)
        try test.perform(WriteMessage(request: id, text: "We are on it", isInternal: false))
        test.clock.set("2026-09-25T10:00:00Z")
        let met = try clock(test, id)
        #expect(met.state == .met)
        #expect(met.elapsed == "2:30")
    }

    @Test("It is overdue after the last promised minute, and stays so", arguments: EngineKind.tested)
    func overdue(kind: EngineKind) throws {
        let (test, id) = try desk(kind)
        test.clock.set("2026-09-21T11:30:00Z")
        #expect(try clock(test, id).state == .running)
        test.clock.set("2026-09-21T11:31:00Z")
        #expect(try clock(test, id).state == .overdue)
        try test.perform(WriteMessage(request: id, text: "Sorry", isInternal: false))
        #expect(try clock(test, id).state == .overdue)
        #expect(try clock(test, id).isAnswered)
    }

    @Test("No promise without a plan that makes one; a request that is over without an answer has none left")
    func none() throws {
        let (test, id) = try desk(.sqlite)
        try test.perform(OpenRequest(client: "acme", serviceLine: "integration-support", title: "Other line"))
        #expect(try clock(test, test.lastRequest()).state == .none)
        try test.perform(DeclineRequest(request: id, reason: "not ours"))
        #expect(try clock(test, id).state == .none)
    }

    @Test("Whatever is about a client's request says the client", arguments: EngineKind.tested)
    func clients(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let mia = Actor(id: "mia", role: .manager)
        let request = try test.lastRequest()
        let entry = EntryID(try test.log("2026-09-05", "1:00").id)
        try test.perform(CorrectTime(entry: entry, note: "Read the logs", reason: "x"))
        try test.perform(ApproveTime(entry: entry), as: mia)
        try test.perform(GiveCourtesy(entry: entry, hours: "0:15", reason: "x"))
        try test.perform(VoidTime(entry: entry, reason: "x"))
        try test.perform(LogTimeLine(line: "\(request) 20m research: more"))
        try test.perform(WriteMessage(request: request, text: "Hello", isInternal: false))
        try test.perform(AcceptRequest(request: request, assignee: "olga"))
        try test.perform(SnoozeRequest(request: request, until: "2026-09-25"))
        try test.perform(AssignRequest(request: request, to: nil))
        try test.perform(SetRequestState(request: request, state: .done))
        try test.perform(ApproveRequest(request: request, by: "Cy"))
        try test.perform(GivePermit(request: request, hours: "1:00", until: nil, by: "Cy"))
        try test.perform(StartTimer(request: request, workType: "research"))
        test.clock.set("2026-09-20T09:00:00Z")
        try test.perform(StopTimer())
        try test.perform(AddProject(id: "shop", client: "acme", title: "Shop"))
        try test.perform(EndProject(project: "shop", on: nil))
        try test.perform(ChangePlan(contract: "acme-web", plan: "care-5", on: nil))
        var terms = NegotiatedTerms(contract: "acme-web", from: "2026-10-01", recordedAt: Instant(seconds: 0))
        terms.fee = Money(minorUnits: 60_000, .usd)
        try test.perform(Negotiate(terms: terms))
        try test.perform(EndContract(contract: "acme-web", on: nil))
        let block = try test.perform(BuyBlock(client: "acme", scope: .client, hours: "5:00")).id
        try test.perform(ChangeBlock(block: BlockID(block), paidOn: "2026-09-20", reason: "x"))
        let lines = try test.store.read { try AuditTrail($0).latest(limit: 1000) }
        let own: Set = ["user.add", "terms.add"]
        #expect(lines.filter { $0.client != "acme" && !own.contains($0.operation) } == [])
        #expect(lines.filter { $0.subject.isEmpty } == [])
    }

    @Test("A line of an older version is found by the facts that it recorded", arguments: EngineKind.tested)
    func olderLines(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        let logged = try test.log("2026-09-05", "1:00")
        try test.store.write { connection in
            let last = try #require(try Ledger.head(connection)).seq
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: test.clock.now, actor: "olga", operation: "time.log", client: "", subject: "older",
                    facts: last...last))
        }
        try test.perform(MoveRequest(request: test.lastRequest(), client: "beta", reason: "x"))
        func lines(_ client: String) throws -> [AuditLine] {
            try test.store.read { try AuditTrail($0).lines(matching: AuditFilter(client: client), limit: 1000) }
        }
        #expect(try lines("acme").contains { $0.subject == "older" })
        #expect(try !lines("beta").contains { $0.subject == "older" })
        // A request that left is told of where it was, too.
        for client in ["acme", "beta"] { #expect(try lines(client).first?.operation == "request.move") }
        #expect(!logged.id.isEmpty)
    }

    @Test("One's time is what one worked, whoever logged it", arguments: EngineKind.tested)
    func ownTime(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddUser(id: "ari_", fullName: "Ari", role: .agent))
        func log(_ note: String, for person: String?) throws {
            try test.perform(
                LogTime(
                    request: test.lastRequest(), workType: "research", when: .dated("2026-09-05", "0:10"), note: note,
                    person: person))
        }
        try log("my own", for: nil)
        try log("for Ari", for: "ari_")
        try log("for another", for: "arix")
        try log("\"person\":\"ari_\"", for: nil)
        func notes(_ person: String) throws -> [String] {
            try test.store.read {
                try RecentTime($0, currency: test.store.terms($0).currency).entries(of: person, limit: 2).map(\.note)
            }
        }
        #expect(try notes("olga") == ["\"person\":\"ari_\"", "my own"])
        #expect(try notes("ari_") == ["for Ari"])
    }
}
