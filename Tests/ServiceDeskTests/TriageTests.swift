import Agreements
import Database
import Rating
import Storage
import Testing
import TestSupport
import Values
import Wording

@testable import ServiceDesk

@Suite("Requests that move")
struct MovedRequestTests {
    @Test(
        "After a move, and a move back, both clients open requests and log time as before", arguments: EngineKind.tested
    )
    func others(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        let moved = try test.lastRequest()
        for target in ["beta", "acme"] as [ClientID] {
            try test.perform(MoveRequest(request: moved, client: target, reason: "Theirs"))
            for client in ["acme", "beta"] as [ClientID] {
                let id = try test.perform(
                    OpenRequest(client: client, serviceLine: "website-maintenance", title: "Another")
                ).id
                for request in [RequestID(id), moved] {
                    try test.perform(
                        LogTime(request: request, workType: "research", when: .dated("2026-09-01", "0:10")))
                }
            }
        }
        #expect(try test.verify().faults == [])
    }
}

@Suite("Triage: what becomes of a request")
struct TriageTests {
    private func row(_ test: TestDesk, _ id: RequestID) throws -> RequestRow {
        try #require(try test.store.read { try RequestBoard($0).request(id) })
    }

    private func open(_ test: TestDesk, _ title: String, client: ClientID = "acme") throws -> RequestID {
        RequestID(
            try test.perform(OpenRequest(client: client, serviceLine: "website-maintenance", title: title)).id)
    }

    private func refused(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch let problems as Problems {
            return problems.all.map(\.message).joined(separator: "; ")
        } catch { return "\(error)" }
    }

    @Test("A request is new until somebody takes it on, and then it is theirs", arguments: EngineKind.tested)
    func accept(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let id = try open(test, "Cart is empty")
        #expect(try row(test, id).state == .new)
        #expect(try test.store.read { try RequestBoard($0).newCount(on: "2026-09-20") } == 2)
        try test.perform(AcceptRequest(request: id, workType: "research", assignee: "olga"))
        let taken = try row(test, id)
        #expect(taken.state == .open)
        #expect(taken.assignee == "olga")
        #expect(taken.workType == "research")
        #expect(try test.store.read { try RequestBoard($0).newCount(on: "2026-09-20") } == 1)
        // Nobody of that name; no such kind of work: nothing of it is recorded.
        #expect(throws: Problems.self) { try test.perform(AcceptRequest(request: id, assignee: "nobody")) }
        #expect(throws: Problems.self) { try test.perform(AcceptRequest(request: id, workType: "gardening")) }
        #expect(try row(test, id) == taken)
        try test.perform(AssignRequest(request: id, to: nil))
        #expect(try row(test, id).assignee == nil)
        #expect(try test.verify().faults == [])
    }

    @Test("Accepting may move a request; once time is on it that takes a manager", arguments: EngineKind.tested)
    func acceptElsewhere(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let agent = Actor(id: "ari", role: .agent)
        try test.perform(AddUser(id: "ari", fullName: "Ari", role: .agent))
        let id = try open(test, "Orders do not sync")
        try test.perform(AcceptRequest(request: id, serviceLine: "integration-support"), as: agent)
        #expect(try row(test, id).serviceLine == "integration-support")
        try test.log("2026-09-19", "0:30")
        let back = AcceptRequest(request: id, serviceLine: "website-maintenance")
        #expect(throws: Refusal.self) { try test.perform(back, as: agent) }
        #expect(try row(test, id).serviceLine == "integration-support")
        try test.perform(back)
        #expect(try row(test, id).serviceLine == "website-maintenance")
        // What was logged goes along: the plan of the website pays.
        let lines = try #require(try test.statements("acme", through: "2026-09").last).lines
        #expect(lines.map(\.drawn) == ["0:30"])
    }

    @Test("Declining needs a reason and no time; the client is told", arguments: EngineKind.tested)
    func decline(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let id = try test.lastRequest()
        #expect(throws: Problems.self) { try test.perform(DeclineRequest(request: id, reason: " ")) }
        try test.log("2026-09-19", "0:10")
        #expect(refused { try test.perform(DeclineRequest(request: id, reason: "no")) } == "time is logged on it")
        let other = try open(test, "Build us a rocket")
        try test.perform(DeclineRequest(request: other, reason: "We build websites"))
        #expect(try row(test, other).state == .declined)
        #expect(
            refused { try test.perform(DeclineRequest(request: other, reason: "again")) } == "it is declined")
        #expect(refused { try test.perform(AcceptRequest(request: other)) } == "it is declined")
        let told = try test.store.read { try $0.all("SELECT kind FROM outbox ORDER BY id") { $0.text(0) } }
        #expect(told.last == "request.declined")
        // It can be taken up again.
        try test.perform(SetRequestState(request: other, state: .open))
        #expect(try row(test, other).state == .open)
    }

    @Test("Merged requests go on in one: messages show in it, time stays where it is", arguments: EngineKind.tested)
    func merge(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let first = try test.lastRequest()
        let second = try open(test, "Slow too")
        let third = try open(test, "Very slow")
        try test.perform(WriteMessage(request: second, text: "Since Monday", isInternal: false))
        try test.perform(WriteMessage(request: first, text: "We look", isInternal: true))
        try test.perform(MergeRequest(request: second, into: first))
        #expect(try row(test, second).mergedInto == first)
        #expect(try test.store.read { try RequestBoard($0).merged(into: first) } == [second])
        let messages = try test.store.read { try Conversation($0).messages(of: first) }
        #expect(messages.map(\.text) == ["Since Monday", "We look"])
        #expect(messages.map(\.request) == [second, first])
        #expect(messages.map(\.isInternal) == [false, true])
        for (wrong, into, why) in [
            (first, first, "it cannot go on in itself"), (third, second, "\(second) is merged"),
            (second, third, "it is merged"), (first, third, "others go on in it"),
        ] {
            #expect(refused { try test.perform(MergeRequest(request: wrong, into: into)) } == why)
        }
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        let theirs = try open(test, "Ours", client: "beta")
        #expect(
            refused { try test.perform(MergeRequest(request: third, into: theirs)) } == "\(theirs) is another client's")
        #expect(
            refused { try test.perform(SetRequestState(request: second, state: .open)) } == "it goes on in \(first)")
    }

    @Test(
        "What is put aside comes back on its day, and whatever is decided before wakes it", arguments: EngineKind.tested
    )
    func snooze(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let id = try test.lastRequest()
        #expect(
            refused { try test.perform(SnoozeRequest(request: id, until: "2026-09-20")) }
                == "2026-09-20 is not in the future")
        #expect(
            refused { try test.perform(SnoozeRequest(request: id, until: "2027-10-20")) }
                == "2027-10-20 is over a year away")
        try test.perform(SnoozeRequest(request: id, until: "2026-09-25"))
        func awake(_ day: CivilDate) throws -> [RequestID] {
            try test.store.read { try RequestBoard($0).requests(.init(awakeOn: day), limit: 10).map(\.id) }
        }
        #expect(try awake("2026-09-24") == [])
        #expect(try awake("2026-09-25") == [id])
        // Whose it is does not wake it.
        try test.perform(AssignRequest(request: id, to: "olga"))
        #expect(try awake("2026-09-24") == [])
        try test.perform(AcceptRequest(request: id))
        #expect(try awake("2026-09-20") == [id])
    }

    @Test("A client's answer opens what waited or was done", arguments: EngineKind.tested)
    func answered(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let id = try test.lastRequest()
        for state in [RequestState.waiting, .done] {
            try test.perform(SetRequestState(request: id, state: state))
            #expect(
                refused { try test.perform(SetRequestState(request: id, state: state)) }
                    == "it is \(state.name) already")
            try test.perform(Told(request: id))
            #expect(try row(test, id).state == .open)
        }
        for wrong in [RequestState.new, .declined, .merged] {
            #expect(throws: Problems.self) { try test.perform(SetRequestState(request: id, state: wrong)) }
        }
    }

    /// A message of the client's, as the portal will write it.
    private struct Told: DeskOperation {
        static let name = "request.message"
        static let role = Role.agent
        var request: RequestID
        var content: RequestContent { ["request": request] }
        func perform(in desk: DeskTransaction) throws -> Recorded {
            Recorded(
                id: try desk.write(
                    "Still broken", on: request, from: "acme", isInternal: false, isFromClient: true, []))
        }
    }

    @Test("The first answer that the client can read is the first; a note is none", arguments: EngineKind.tested)
    func firstAnswer(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let id = try test.lastRequest()
        try test.perform(WriteMessage(request: id, text: "Between us", isInternal: true))
        #expect(try row(test, id).firstAnswerAt == nil)
        try test.perform(WriteMessage(request: id, text: "We look into it", isInternal: false))
        test.clock.set("2026-09-21T08:00:00Z")
        try test.perform(WriteMessage(request: id, text: "Mended", isInternal: false))
        #expect(try row(test, id).firstAnswerAt == "2026-09-20T08:00:00Z")
    }

    @Test("Lists go on where the page before ended", arguments: EngineKind.tested)
    func pages(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let all = try (1...7).map { try open(test, "Number \($0)") }
        try test.perform(DeclineRequest(request: all[3], reason: "no"))
        var seen: [RequestID] = []
        while true {
            let page = try test.store.read {
                try RequestBoard($0).requests(.init(client: "acme"), limit: 3, after: seen.last).map(\.id)
            }
            seen += page
            if page.count < 3 { break }
        }
        let expected = all.filter { $0 != all[3] }.reversed() + [RequestID("r-4")]
        #expect(seen.count == expected.count && Set(seen).count == seen.count)
        #expect(Array(seen.prefix(6)) == Array(expected.prefix(6)))
        let declined = try test.store.read { try RequestBoard($0).requests(.init(states: [.declined]), limit: 9) }
        #expect(declined.map(\.id) == [all[3]])
    }

    @Test("The list is what the facts say after any history, and a changed list is named", arguments: EngineKind.tested)
    func derived(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddUser(id: "ari", fullName: "Ari", role: .agent))
        var random = SystemRandomNumberGenerator()
        let firstDay: CivilDate = "2026-10-10"
        var ids = [try test.lastRequest()]
        for step in 0..<60 {
            let id = ids.randomElement(using: &random) ?? ids[0]
            let other = ids.randomElement(using: &random) ?? ids[0]
            do {
                switch Int.random(in: 0..<9, using: &random) {
                case 0: ids.append(try open(test, "Request \(step)"))
                case 1: try test.perform(AcceptRequest(request: id, workType: "research", assignee: "ari"))
                case 2: try test.perform(DeclineRequest(request: id, reason: "no"))
                case 3: try test.perform(MergeRequest(request: id, into: other))
                case 4: try test.perform(SnoozeRequest(request: id, until: firstDay + step % 20))
                case 5: try test.perform(SetRequestState(request: id, state: [.open, .waiting, .done][step % 3]))
                case 6: try test.perform(WriteMessage(request: id, text: "Words", isInternal: step % 2 == 0))
                case 7: try test.perform(MoveRequest(request: id, serviceLine: "integration-support", reason: "so"))
                default: try test.perform(AssignRequest(request: id, to: step % 2 == 0 ? "ari" : nil))
                }
            } catch is Problems {
                // Not every step is allowed; what was refused must leave nothing behind.
            }
        }
        func all() throws -> [RequestRow] {
            try test.store.read { connection in try ids.compactMap { try RequestBoard(connection).request($0) } }
        }
        let kept = try all()
        #expect(try test.verify().faults == [])
        try test.store.write { try Derived.rebuild($0, test.store.engine.dialect) }
        #expect(try all() == kept)
        try test.store.write { try $0.run("UPDATE request_state SET title = 'x' WHERE id = $1", [.text(ids[0].text)]) }
        #expect(try test.verify().faults == ["the state of request \(ids[0]) is not what the facts say"])
        try test.store.write { try $0.run("DELETE FROM request_state WHERE id = $1", [.text(ids[0].text)]) }
        #expect(try test.verify().faults == ["the state of request \(ids[0]) is missing"])
    }
}

@Suite("Attachments")
struct AttachmentTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

    private func refusal(_ name: String, _ content: [UInt8]) -> String? {
        do {
            _ = try AttachmentRules.check(NewAttachment(name: name, content: content))
            return nil
        } catch { return error.all.first?.message }
    }

    @Test(
        "A file is what its content says",
        arguments: [
            ("page.png", png, nil), ("PAGE.PNG", png, nil), ("page.jpg", png, "its content is not what its name says"),
            ("page.html", Array("<script>".utf8), "files of this kind are not taken"),
            ("page.svg", Array("<svg/>".utf8), "files of this kind are not taken"),
            ("page.exe", [0x4D, 0x5A], "files of this kind are not taken"),
            ("png", png, "files of this kind are not taken"), ("page.png.exe", png, "files of this kind are not taken"),
            ("empty.txt", [], "it is empty"), ("notes.txt", Array("grüße\r\n\tso".utf8), nil),
            ("notes.txt", [0xFF, 0xFE, 0x41], "its content is not what its name says"),
            ("notes.csv", [0x41, 0x00], "its content is not what its name says"),
            ("offer.pdf", Array("%PDF-1.7".utf8), nil), ("a.webp", Array("RIFF0000WEBPVP8".utf8), nil),
            ("a.webp", Array("RIFF0000WAVEfmt".utf8), "its content is not what its name says"),
            ("a.xlsx", [0x50, 0x4B, 0x03, 0x04, 9], nil),
        ] as [(String, [UInt8], String?)])
    func content(name: String, content: [UInt8], expected: String?) {
        #expect(refusal(name, content) == expected)
    }

    @Test("Ten megabytes are taken, a byte more is not")
    func size() {
        let most = [UInt8](repeating: 0x41, count: AttachmentRules.largest)
        #expect(refusal("a.txt", most) == nil)
        #expect(refusal("a.txt", most + [0x41]) == "it is larger than 10 MB")
    }

    @Test(
        "Names lose what a path, a terminal or the eye would mind",
        arguments: [
            ("../../etc/passwd.txt", "passwd.txt"), (#"C:\docs\a.txt"#, "a.txt"), ("a\u{202E}fdp.txt", "afdp.txt"),
            ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"), (".hidden.txt", "hidden.txt"),
            (String(repeating: "ä", count: 200) + ".txt", String(repeating: "ä", count: 58) + ".txt"),
        ])
    func names(given: String, expected: String) throws {
        #expect(try AttachmentRules.check(NewAttachment(name: given, content: [0x41])).name == expected)
    }

    @Test(
        "One content is kept once, comes back as it was, and is missed where it is gone", arguments: EngineKind.tested)
    func kept(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        let files = [
            NewAttachment(name: "one.png", content: Self.png), NewAttachment(name: "two.png", content: Self.png),
            NewAttachment(name: "three.txt", content: [0x41]),
        ]
        try test.perform(WriteMessage(request: request, text: "See these", isInternal: false, attachments: files))
        let message = try #require(try test.store.read { try Conversation($0).messages(of: request) }.last)
        #expect(message.attachments.map(\.name) == ["one.png", "two.png", "three.txt"])
        #expect(message.attachments.map(\.mediaType) == ["image/png", "image/png", "text/plain; charset=utf-8"])
        #expect(message.attachments.map(\.size) == [11, 11, 1])
        let found = try test.store.read { try Conversation($0).attachment(message.attachments[1].id) }
        #expect(found?.content == Self.png)
        #expect(try test.store.read { try $0.first("SELECT COUNT(*) FROM content") { $0.integer(0) } } == 2)
        // One bad file, and nothing of the message is recorded.
        let count = try test.verify().facts
        let bad = [files[2], NewAttachment(name: "x.exe", content: [1])]
        #expect(throws: Problems.self) {
            try test.perform(WriteMessage(request: request, text: "And", isInternal: false, attachments: bad))
        }
        let eleven = Array(repeating: files[2], count: AttachmentRules.most + 1)
        #expect(throws: Problems.self) {
            try test.perform(WriteMessage(request: request, text: "And", isInternal: false, attachments: eleven))
        }
        #expect(try test.verify().facts == count)
        #expect(try test.verify().faults == [])
        try test.store.write {
            try $0.run("UPDATE content SET body = $1 WHERE body = $2", [.bytes([0x42]), .bytes([0x41])])
        }
        #expect(try test.verify().faults.first?.hasSuffix("of an attachment is not as it was sent") == true)
        try test.store.write { try $0.run("DELETE FROM content WHERE body = $1", [.bytes([0x42])]) }
        #expect(try test.verify().faults.first?.hasSuffix("of an attachment is missing") == true)
    }
}
