import Agreements
import Exchange
import Foundation
import Rating
import Storage
import TestSupport
import Testing
import Values

@testable import ServiceDesk

@Suite("What an idempotency key stands for")
struct RequestContentTests {
    /// An operation, and the same with one field changed, by the field's name.
    private struct Case {
        let asked: any DeskOperation
        let changed: [String: any DeskOperation]
        /// Fields that are no part of what was asked for.
        let left: Set<String>

        init<Asked: DeskOperation>(
            _ asked: Asked, leaving left: Set<String> = [], _ fields: () -> [String: (inout Asked) -> Void]
        ) {
            self.asked = asked
            self.left = left
            changed = fields().mapValues { change in
                var other = asked
                change(&other)
                return other
            }
        }
    }

    /// Every operation, as it is made at a time, with chance and the order of sets as they happen to be.
    private static func cases(at now: Instant, backwards: Bool) throws -> [Case] {
        func ordered<Value>(_ values: [Value]) -> [Value] { backwards ? values.reversed() : values }
        func set<Value: Hashable>(_ values: [Value]) -> Set<Value> {
            // Another room gives another order.
            var set = Set<Value>(minimumCapacity: backwards ? 500 : 0)
            for value in ordered(values) { set.insert(value) }
            return set
        }
        func chance(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: .min ... .max) } }
        var texts = [NegotiatedInput.Field: String](minimumCapacity: backwards ? 500 : 0)
        for (field, text) in ordered(NegotiateTests.texts.map { ($0, $1) }) { texts[field] = text }
        var negotiated = try NegotiatedInput(texts).terms(of: "k", from: "2026-10-01", .usd)
        negotiated.recordedAt = now
        let file = NewAttachment(name: "a.txt", content: [1])
        let events = DeskEvent.offered.prefix(5).map { $0 }
        return agreements(negotiated, projects: ordered(["j-1", "j-2"])) + work(file) + [
            Case(AddUser(id: "a", fullName: "A", role: .agent)) {
                ["id": { $0.id = "b" }, "fullName": { $0.fullName = "B" }, "role": { $0.role = .owner }]
            },
            Case(ChangeRole(id: "a", newRole: .agent)) {
                ["id": { $0.id = "b" }, "newRole": { $0.newRole = .owner }]
            },
            Case(EndUser(id: "a")) { ["id": { $0.id = "b" }] },
            Case(ErasePerson(id: "a")) { ["id": { $0.id = "b" }] },
            Case(AddContact(client: "c", fullName: "A", email: "a@x.example", phone: "1")) {
                [
                    "client": { $0.client = "d" }, "fullName": { $0.fullName = "B" }, "email": { $0.email = nil },
                    "phone": { $0.phone = nil },
                ]
            },
            Case(
                InviteContact(
                    client: "c", contact: "p", fullName: "A", email: "a@x.example", access: .viewer, link: chance(32)),
                leaving: ["link"]
            ) {
                [
                    "client": { $0.client = "d" }, "contact": { $0.contact = nil }, "fullName": { $0.fullName = "B" },
                    "email": { $0.email = "b@x.example" }, "access": { $0.access = .billing },
                ]
            },
            Case(ChangeContactEmail(client: "c", contact: "p", email: "a@x.example")) {
                ["client": { $0.client = "d" }, "contact": { $0.contact = "q" }, "email": { $0.email = "b" }]
            },
            Case(ChangeContactRole(client: "c", contact: "p", access: .viewer)) {
                ["client": { $0.client = "d" }, "contact": { $0.contact = "q" }, "access": { $0.access = .billing }]
            },
            Case(EndContact(client: "c", contact: "p")) {
                ["client": { $0.client = "d" }, "contact": { $0.contact = "q" }]
            },
            Case(SetMailPreference(client: "c", contact: "p", off: set(MailKind.allCases))) {
                ["client": { $0.client = "d" }, "contact": { $0.contact = "q" }, "off": { $0.off = [] }]
            },
            Case(
                InviteUser(id: "a", fullName: "A", role: .agent, email: "a@x.example", link: chance(32)),
                leaving: ["link"]
            ) {
                [
                    "id": { $0.id = "b" }, "fullName": { $0.fullName = "B" }, "role": { $0.role = .owner },
                    "email": { $0.email = "b@x.example" },
                ]
            },
            Case(ResetAccess(id: "a", link: chance(32)), leaving: ["link"]) { ["id": { $0.id = "b" }] },
            Case(SetEmail(id: "a", email: "a@x.example", isAtMachine: true), leaving: ["isAtMachine"]) {
                ["id": { $0.id = "b" }, "email": { $0.email = "b@x.example" }]
            },
            Case(
                AddWebhook(
                    url: "https://a.example", events: set(events), secret: WebhookSecret(random: chance),
                    allowsPrivate: false),
                leaving: ["secret", "allowsPrivate"]
            ) { ["url": { $0.url = "https://b.example" }, "events": { $0.events = [] }] },
            Case(ChangeWebhookSecret(webhook: "w", secret: WebhookSecret(random: chance)), leaving: ["secret"]) {
                ["webhook": { $0.webhook = "v" }]
            },
            Case(RemoveWebhook(webhook: "w")) { ["webhook": { $0.webhook = "v" }] },
            Case(TurnOnWebhook(webhook: "w")) { ["webhook": { $0.webhook = "v" }] },
            Case(TestWebhook(webhook: "w")) { ["webhook": { $0.webhook = "v" }] },
            Case(ReplayWebhook(webhook: "w", delivery: 1)) {
                ["webhook": { $0.webhook = "v" }, "delivery": { $0.delivery = 2 }]
            },
        ]
    }

    private static func agreements(_ negotiated: NegotiatedTerms, projects: [ProjectID]) -> [Case] {
        [
            Case(AddTerms(yaml: "a", file: "f"), leaving: ["file"]) { ["yaml": { $0.yaml = "b" }] },
            Case(AddClient(id: "c", fullName: "C", zone: .utc)) {
                [
                    "id": { $0.id = "d" }, "fullName": { $0.fullName = "D" },
                    "zone": { $0.zone = Zone(identifier: "Europe/Oslo") ?? .utc },
                ]
            },
            Case(ChangeZone(client: "c", zone: .utc, from: "2026-12")) {
                [
                    "client": { $0.client = "d" }, "from": { $0.from = nil },
                    "zone": { $0.zone = Zone(identifier: "Europe/Oslo") ?? .utc },
                ]
            },
            Case(AddProject(id: "j", client: "c", title: "J")) {
                ["id": { $0.id = "i" }, "client": { $0.client = "d" }, "title": { $0.title = "I" }]
            },
            Case(EndProject(project: "j", on: "2026-12-01")) {
                ["project": { $0.project = "i" }, "on": { $0.on = nil }]
            },
            Case(
                SignContract(
                    id: "k", client: "c", serviceLine: "l", plan: "p", from: "2026-12-01", projects: projects, rank: 1)
            ) {
                [
                    "id": { $0.id = nil }, "client": { $0.client = "d" }, "serviceLine": { $0.serviceLine = "m" },
                    "plan": { $0.plan = "q" }, "from": { $0.from = nil }, "projects": { $0.projects = ["j-1"] },
                    "rank": { $0.rank = 2 },
                ]
            },
            Case(ChangePlan(contract: "k", plan: "p", on: "2026-12-01")) {
                ["contract": { $0.contract = "m" }, "plan": { $0.plan = "q" }, "on": { $0.on = nil }]
            },
            Case(EndContract(contract: "k", on: "2026-12-01")) {
                ["contract": { $0.contract = "m" }, "on": { $0.on = nil }]
            },
            Case(Negotiate(terms: negotiated)) { ["terms": { $0.terms.fee = nil }] },
            Case(
                BuyBlock(
                    client: "c", scope: .project("j"), hours: "5:00", boughtOn: "2026-12-01", effective: "2026-11-01",
                    lastDay: "2027-01-01", pricePerHour: HourlyRate(perHour: Money(minorUnits: 1, .usd)))
            ) {
                [
                    "client": { $0.client = "d" }, "scope": { $0.scope = .serviceLine("j") },
                    "hours": { $0.hours = "10:00" }, "boughtOn": { $0.boughtOn = nil },
                    "effective": { $0.effective = nil }, "lastDay": { $0.lastDay = nil },
                    "pricePerHour": { $0.pricePerHour = nil },
                ]
            },
            Case(ChangeBlock(block: "b", hours: "5:00", lastDay: "2027-01-01", paidOn: "2026-12-01", reason: "x")) {
                [
                    "block": { $0.block = "c" }, "hours": { $0.hours = nil }, "lastDay": { $0.lastDay = nil },
                    "paidOn": { $0.paidOn = nil }, "reason": { $0.reason = "y" },
                ]
            },
            Case(ClosePeriod(client: "c", period: "2026-09")) {
                [
                    "client": { $0.client = "d" }, "period": { $0.period = "2026-10" },
                    "leavesUnapproved": { $0.leavesUnapproved = true },
                ]
            },
            Case(ReopenPeriod(client: "c", period: "2026-09", reason: "x")) {
                [
                    "client": { $0.client = "d" }, "period": { $0.period = "2026-10" }, "reason": { $0.reason = "y" },
                ]
            },
            Case(ImportFacts(facts: Facts(), digest: "a"), leaving: ["facts"]) { ["digest": { $0.digest = "b" }] },
        ]
    }

    private static func work(_ file: NewAttachment) -> [Case] {
        let given = GivenTime(date: "2026-12-01", hours: "1:00", clock: 60)
        return [
            Case(
                LogTime(request: "r", workType: "w", given: given, note: "n", person: "a")
            ) {
                [
                    "request": { $0.request = "s" }, "workType": { $0.workType = "v" },
                    "given": { $0.given.clock = 120 }, "note": { $0.note = "m" }, "person": { $0.person = nil },
                    "allowsLong": { $0.allowsLong = true },
                ]
            },
            Case(LogTimeLine(line: "r-1 20m")) { ["line": { $0.line = "r-1 30m" }] },
            Case(
                CorrectTime(
                    entry: "e", request: "r", workType: "w", when: .dated("2026-12-01", "1:00"), given: given,
                    note: "n", reason: "x")
            ) {
                [
                    "entry": { $0.entry = "f" }, "request": { $0.request = nil }, "workType": { $0.workType = nil },
                    "when": { $0.when = nil }, "given": { $0.given = GivenTime() }, "note": { $0.note = nil },
                    "reason": { $0.reason = "y" }, "allowsLong": { $0.allowsLong = true },
                ]
            },
            Case(VoidTime(entry: "e", reason: "x")) {
                ["entry": { $0.entry = "f" }, "reason": { $0.reason = "y" }]
            },
            Case(GiveCourtesy(entry: "e", hours: "1:00", reason: "x")) {
                ["entry": { $0.entry = "f" }, "hours": { $0.hours = nil }, "reason": { $0.reason = "y" }]
            },
            Case(ApproveTime(entry: "e")) { ["entry": { $0.entry = "f" }] },
            Case(StartTimer(request: "r", workType: "w", note: "n")) {
                ["request": { $0.request = "s" }, "workType": { $0.workType = "v" }, "note": { $0.note = "" }]
            },
            Case(StopTimer(note: "n")) { ["note": { $0.note = nil }] },
            Case(
                OpenRequest(
                    client: "c", serviceLine: "l", project: "j", title: "t", message: "m", contact: "p",
                    attachments: [file])
            ) {
                [
                    "client": { $0.client = "d" }, "serviceLine": { $0.serviceLine = "m" },
                    "project": { $0.project = nil }, "title": { $0.title = "u" }, "message": { $0.message = nil },
                    "contact": { $0.contact = nil }, "attachments": { $0.attachments[0].content = [2] },
                    "cameByMail": { $0.cameByMail = true },
                ]
            },
            Case(MoveRequest(request: "r", client: "c", serviceLine: "l", project: "j", reason: "x")) {
                [
                    "request": { $0.request = "s" }, "client": { $0.client = nil },
                    "serviceLine": { $0.serviceLine = nil }, "project": { $0.project = nil },
                    "reason": { $0.reason = "y" },
                ]
            },
            Case(ApproveRequest(request: "r", by: "A")) { ["request": { $0.request = "s" }, "by": { $0.by = "B" }] },
            Case(GivePermit(request: "r", hours: "1:00", until: "2026-12-01", by: "A")) {
                [
                    "request": { $0.request = "s" }, "hours": { $0.hours = "2:00" }, "until": { $0.until = nil },
                    "by": { $0.by = "B" },
                ]
            },
            Case(
                WriteMessage(request: "r", text: "t", whole: "w", isInternal: false, attachments: [file])
            ) {
                [
                    "request": { $0.request = "s" }, "text": { $0.text = "u" }, "whole": { $0.whole = nil },
                    "isInternal": { $0.isInternal = true }, "attachments": { $0.attachments = [] },
                    "cameByMail": { $0.cameByMail = true },
                ]
            },
            Case(AcceptRequest(request: "r", serviceLine: "l", project: "j", workType: "w", assignee: "a")) {
                [
                    "request": { $0.request = "s" }, "serviceLine": { $0.serviceLine = nil },
                    "project": { $0.project = nil }, "workType": { $0.workType = nil },
                    "assignee": { $0.assignee = nil },
                ]
            },
            Case(DeclineRequest(request: "r", reason: "x")) {
                ["request": { $0.request = "s" }, "reason": { $0.reason = "y" }]
            },
            Case(MergeRequest(request: "r", into: "s")) {
                ["request": { $0.request = "t" }, "into": { $0.into = "t" }]
            },
            Case(SnoozeRequest(request: "r", until: "2026-12-01")) {
                ["request": { $0.request = "s" }, "until": { $0.until = "2026-12-02" }]
            },
            Case(AssignRequest(request: "r", to: "a")) {
                ["request": { $0.request = "s" }, "person": { $0.person = nil }]
            },
            Case(SetRequestState(request: "r", state: .open)) {
                ["request": { $0.request = "s" }, "state": { $0.state = .done }]
            },
        ]
    }

    @Test(
        "Asked again later, in another order and with other chance, it is the same; with one field changed it is another"
    )
    func canonical() throws {
        let first = try RequestContentTests.cases(at: "2026-11-23T12:00:00Z", backwards: false)
        let again = try RequestContentTests.cases(at: "2026-11-23T12:00:01Z", backwards: true)
        for (one, other) in zip(first, again) {
            let name = "\(type(of: one.asked))"
            #expect(one.asked.content.text == other.asked.content.text, "\(name)")
            // Each field is in it, or is said not to be.
            let fields = Set(Mirror(reflecting: one.asked).children.compactMap(\.label))
            #expect(Set(one.changed.keys).union(one.left) == fields, "\(name)")
            var texts: Set = [one.asked.content.text]
            for (field, changed) in one.changed {
                #expect(texts.insert(changed.content.text).inserted, "\(name).\(field)")
            }
        }
    }

    @Test("No operation is left out")
    func complete() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/ServiceDesk")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let source = try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let names = Set(source.matches(of: /struct (\w+): DeskOperation/).map { String($0.1) })
        let tried = try RequestContentTests.cases(at: "2026-11-23T12:00:00Z", backwards: false)
            .map { "\(type(of: $0.asked))" }
        // Of an import the key stands for the files' digest, as of facts.
        #expect(names.subtracting(tried) == ["ImportTime"])
    }

    @Test("No text of one field reads like another field")
    func unambiguous() {
        let one: RequestContent = ["a": "1\nb=1:2", "c": nil]
        let other: RequestContent = ["a": "1", "b": "2"]
        #expect(one.text != other.text)
        #expect(["a", "b c"].requestText != ["a b", "c"].requestText)
    }

    @Test("What was negotiated, given again a second later, gets the first answer", arguments: EngineKind.tested)
    func negotiatedAgain(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        func negotiate() throws -> Recorded {
            let terms = try NegotiatedInput([.fee: "650", .hours: "3:00"]).terms(
                of: "acme-web", from: "2026-10-01", .usd)
            return try test.perform(Negotiate(terms: terms), key: "k")
        }
        let first = try negotiate()
        test.clock.set("2026-09-20T08:00:01Z")
        #expect(try negotiate() == first)
        #expect(try test.desk.preview(by: test.owner) { try $0.standing(of: "acme").negotiatedTerms.count } == 1)
    }

    @Test("What holds from today, given again on another day, gets the first answer", arguments: EngineKind.tested)
    func todayAgain(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let end = EndContract(contract: "acme-web", on: nil)
        let first = try test.perform(end, key: "k")
        #expect(first.day == "2026-09-20")
        test.clock.set("2026-09-21T08:00:00Z")
        #expect(try test.perform(end, key: "k") == first)
    }
}
