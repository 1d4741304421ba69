import Agreements
import Database
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("What is asked wrongly is refused, and leaves nothing behind")
struct BadRequestTests {
    private static let long = String(repeating: "x", count: 70_000)

    /// One wrong request, and what must be said about it.
    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let says: String
        let operation: @Sendable (RequestID, EntryID) -> any DeskOperation

        init(
            _ name: String, says: String, _ operation: @escaping @Sendable (RequestID, EntryID) -> any DeskOperation
        ) {
            testDescription = name
            self.says = says
            self.operation = operation
        }
    }

    private static func work(
        _ request: RequestID, type: WorkTypeID = "research", _ when: TimeEntry.When = .dated("2026-09-05", "1:00"),
        note: String = "", person: String? = nil
    ) -> LogTime {
        LogTime(request: request, workType: type, when: when, note: note, person: person)
    }

    static let all: [Wrong] = [
        Wrong("time on no request", says: "there is no such request") { _, _ in work("r-999") },
        Wrong("time of no type", says: "have no work type \"resaerch\". Did you mean") { r, _ in
            work(r, type: "resaerch")
        },
        Wrong("no time", says: "it has 0:00 hours") { r, _ in work(r, .dated("2026-09-05", .zero)) },
        Wrong("over a day", says: "over 24 hours") { r, _ in work(r, .dated("2026-09-05", "25:00")) },
        Wrong("tomorrow", says: "it lies in the future") { r, _ in work(r, .dated("2026-09-23", "1:00")) },
        Wrong("an end before the start", says: "not after it starts") { r, _ in
            work(r, .clocked(start: "2026-09-05T10:00:00Z", end: "2026-09-05T09:00:00Z"))
        },
        Wrong("before all terms", says: "no terms were in force") { r, _ in work(r, .dated("2001-01-01", "1:00")) },
        Wrong("a note of 70,000 bytes", says: "it has 70000 bytes") { r, _ in work(r, note: long) },
        Wrong("a note that moves the cursor", says: "control characters") { r, _ in work(r, note: "a\u{1B}[2J") },
        Wrong("a person of blanks", says: "it is empty") { r, _ in work(r, person: "  ") },
        Wrong("a correction of nothing", says: "there is no such time") { _, _ in
            CorrectTime(entry: "e-999", note: "x", reason: "x")
        },
        Wrong("a correction that changes nothing", says: "nothing changes") { _, e in CorrectTime(entry: e, reason: "x")
        },
        Wrong("a correction without a reason", says: "it is empty") { _, e in
            CorrectTime(entry: e, note: "x", reason: "")
        },
        Wrong("a void without a reason", says: "it is empty") { _, e in VoidTime(entry: e, reason: " ") },
        Wrong("courtesy of more than was worked", says: "it gives 9:00 of 1:00") { _, e in
            GiveCourtesy(entry: e, hours: "9:00", reason: "x")
        },
        Wrong("courtesy of nothing", says: "it gives 0:00") { _, e in GiveCourtesy(entry: e, hours: .zero, reason: "x")
        },
        Wrong("a client twice", says: "the id is taken") { _, _ in AddClient(id: "acme", fullName: "x", zone: .utc) },
        Wrong("a client of blanks", says: "the id cannot be used") { _, _ in
            AddClient(id: "a b", fullName: "x", zone: .utc)
        },
        Wrong("a client without a name", says: "it is empty") { _, _ in AddClient(id: "b", fullName: "", zone: .utc) },
        Wrong("a contract for nobody", says: "there is no such client. Did you mean \"acme\"?") { _, _ in
            SignContract(client: "acmee", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01")
        },
        Wrong("a second contract for the same work", says: "both cover website-maintenance") { _, _ in
            SignContract(client: "acme", serviceLine: "website-maintenance", plan: "care-5", from: "2026-09-10")
        },
        Wrong("a plan of another line", says: "is for integration-support") { _, _ in
            SignContract(
                client: "acme", serviceLine: "website-maintenance", plan: "sync-1", from: "2027-09-01", rank: 3)
        },
        Wrong("a plan that nobody offers", says: "no plan \"care-3\"") { _, _ in
            ChangePlan(contract: "acme-web", plan: "care-3", on: "2026-09-10")
        },
        Wrong("a change of no contract", says: "there is no such contract. Did you mean \"acme-web\"?") { _, _ in
            ChangePlan(contract: "acme-wbe", plan: "care-5", on: "2026-09-10")
        },
        Wrong("an end before the beginning", says: "before it begins") { _, _ in
            EndContract(contract: "acme-web", on: "2026-01-01")
        },
        Wrong("negotiated nothing", says: "they change nothing") { _, _ in
            Negotiate(
                terms: NegotiatedTerms(contract: "acme-web", from: "2026-09-01", recordedAt: "2026-09-01T00:00:00Z"))
        },
        Wrong("a block of 7 hours", says: "Blocks are sold from 5:00") { _, _ in
            BuyBlock(client: "acme", scope: .client, hours: "7:00")
        },
        Wrong("a block for no project", says: "there is no project") { _, _ in
            BuyBlock(client: "acme", scope: .project("x"), hours: "5:00")
        },
        Wrong("a change of no block", says: "there is no such block") { _, _ in
            ChangeBlock(block: "b-9", hours: "5:00", reason: "x")
        },
        Wrong("a request on no line", says: "no service line \"website\"") { _, _ in
            OpenRequest(client: "acme", serviceLine: "website", title: "x")
        },
        Wrong("a request without a title", says: "it is empty") { _, _ in
            OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "\n")
        },
        Wrong("a move to where it is", says: "it is there already") { r, _ in
            MoveRequest(request: r, client: "acme", reason: "x")
        },
        Wrong("a move to nobody", says: "there is no such client") { r, _ in
            MoveRequest(request: r, client: "x", reason: "x")
        },
        Wrong("a message of nothing", says: "it is empty") { r, _ in
            WriteMessage(request: r, text: "", isInternal: true)
        },
        Wrong("a permit of nothing", says: "0:00") { r, _ in
            GivePermit(request: r, hours: .zero, until: "2026-09-30", by: "Cy")
        },
        Wrong("a contact with no address", says: "\"cy.example.com\" is no address") { _, _ in
            AddContact(client: "acme", fullName: "Cy", email: "cy.example.com")
        },
        Wrong("a user twice", says: "the id is taken") { _, _ in AddUser(id: "olga", fullName: "x", role: .agent) },
        Wrong("a role for nobody", says: "there is no such user") { _, _ in ChangeRole(id: "x", newRole: .owner) },
        Wrong("terms twice", says: "there is a version of 2021-01-01 already") { _, _ in
            AddTerms(
                yaml: (try? String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)) ?? "",
                file: "x")
        },
        Wrong("terms that are none", says: "terms") { _, _ in AddTerms(yaml: "a: [", file: "x.yaml") },
        Wrong("a close too early", says: "the month is not over") { _, _ in
            ClosePeriod(client: "acme", period: "2026-09")
        },
        Wrong("a reopening of what is open", says: "no month is closed") { _, _ in
            ReopenPeriod(client: "acme", period: "2026-08", reason: "x")
        },
        Wrong("a stop of no timer", says: "none of yours is running") { _, _ in StopTimer() },
    ]

    @Test("Each is told what is wrong", arguments: all)
    func refused(wrong: Wrong) throws {
        let test = try TestDesk.withAcme(.sqlite)
        let entry = EntryID(try test.log("2026-09-05", "1:00").id)
        let before = try test.export()
        let problems = #expect(throws: Problems.self) {
            try perform(wrong.operation(test.lastRequest(), entry), test)
        }
        let said = problems?.all.map { "\($0)" }.joined(separator: "\n") ?? ""
        #expect(said.contains(wrong.says), "\(said)")
        #expect(try test.export() == before)
        #expect(try test.store.read { try AuditTrail($0).latest(limit: 1) }.first?.operation == "time.log")
    }

    private func perform(_ operation: some DeskOperation, _ test: TestDesk) throws { _ = try test.perform(operation) }

    @Test("A database of a newer version is refused, and one without tables", arguments: EngineKind.tested)
    func versions(kind: EngineKind) throws {
        let empty = try TestEngines(kind)
        #expect(throws: StorageError.notSetUp) { try Store(opening: empty.open()) }
        let test = try TestDesk(kind)
        try test.store.write { try $0.run("INSERT INTO schema_step (number) VALUES (\(Schema.latest + 1))") }
        let newer = StorageError.newerSchema(found: Schema.latest + 1, known: Schema.latest)
        #expect(throws: newer) { try Store(opening: test.engines.open()) }
        #expect(throws: newer) { try Store(settingUp: test.engines.open()) }
    }
}
