import Agreements
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("Who may do what")
struct RightsTests {
    private let ben = Actor(id: "ben", role: .agent)
    private let mia = Actor(id: "mia", role: .manager)

    @Test("Each operation asks for its role, and leaves nothing behind where it is refused")
    func roles() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let entry = EntryID(try test.log("2026-09-05", "1:15", as: ben).id)
        let request = try test.lastRequest()
        var negotiated = NegotiatedTerms(contract: "acme-web", from: "2026-09-01", recordedAt: "2026-09-01T00:00:00Z")
        negotiated.overageRate = HourlyRate(perHour: Money(minorUnits: 12000, .usd))
        let operations: [(least: Role, any DeskOperation)] = [
            (.owner, AddUser(id: "new", fullName: "New", role: .agent)),
            (.owner, ChangeRole(id: "olga", newRole: .owner)),
            (.owner, EndUser(id: "nobody")), (.owner, AddTerms(yaml: "", file: "x")),
            (.owner, ImportFacts(facts: Facts(), digest: "")),
            (.owner, ReopenPeriod(client: "acme", period: "2026-08", reason: "x")),
            (.manager, AddClient(id: "new", fullName: "New", zone: .utc)),
            (.manager, ChangeZone(client: "acme", zone: .utc, from: "2026-12")),
            (.manager, AddProject(id: "p", client: "acme", title: "P")),
            (.manager, EndProject(project: "p", on: "2026-12-01")),
            (
                .manager,
                SignContract(client: "acme", serviceLine: "integration-support", plan: "sync-1", from: "2026-10-01")
            ),
            (.manager, ChangePlan(contract: "acme-web", plan: "care-5", on: "2026-10-01")),
            (.manager, EndContract(contract: "acme-web", on: "2026-10-01")), (.manager, Negotiate(terms: negotiated)),
            (.manager, BuyBlock(client: "acme", scope: .client, hours: "5:00")),
            (.manager, ChangeBlock(block: "b", hours: "5:00", reason: "x")),
            (.manager, MoveRequest(request: request, serviceLine: "integration-support", reason: "x")),
            (.manager, GiveCourtesy(entry: entry, hours: nil, reason: "x")), (.manager, ApproveTime(entry: entry)),
            (.manager, ClosePeriod(client: "acme", period: "2026-09")),
            (.manager, EndContact(client: "acme", contact: "p-1")),
            (.agent, OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "x")),
            (.agent, ApproveRequest(request: request, by: "Cy")),
            (.agent, WriteMessage(request: request, text: "x", isInternal: true)),
            (.agent, AddContact(client: "acme", fullName: "Cy")),
            (.agent, LogTime(request: request, workType: "research", when: .dated("2026-09-05", "0:15"))),
            (.agent, CorrectTime(entry: entry, note: "x", reason: "x")),
            (.agent, StartTimer(request: request, workType: "research")),
            (.agent, GivePermit(request: request, hours: "1:00", until: "2026-09-30", by: "Cy")), (.agent, StopTimer()),
            (.agent, VoidTime(entry: entry, reason: "x")),
        ]
        for (least, operation) in operations {
            #expect(type(of: operation).role == least)
            for actor in [ben, mia] where !actor.may(least) {
                let before = try test.export()
                #expect(throws: Refusal.self) { try perform(operation, test, actor) }
                #expect(try test.export() == before)
            }
        }
        for (least, operation) in operations where least == .agent { try perform(operation, test, ben) }
        #expect(try test.verify().faults == [])
    }

    private func perform(_ operation: some DeskOperation, _ test: TestDesk, _ actor: Actor) throws {
        _ = try test.perform(operation, as: actor)
    }

    @Test("An agent changes only their own time; nobody approves their own")
    func ownTime() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let entry = EntryID(try test.log("2026-09-05", "1:15", as: mia).id)
        #expect(throws: Refusal.self) { try test.perform(VoidTime(entry: entry, reason: "x"), as: ben) }
        #expect(throws: Refusal.self) { try test.perform(CorrectTime(entry: entry, note: "x", reason: "x"), as: ben) }
        #expect(throws: Refusal.self) {
            try test.perform(
                LogTime(
                    request: test.lastRequest(), workType: "research", when: .dated("2026-09-05", "0:15"), person: "mia"
                ),
                as: ben)
        }
        #expect(throws: Refusal.self) { try test.perform(ApproveTime(entry: entry), as: mia) }
        try test.perform(ApproveTime(entry: entry))
    }

    @Test("What is kept of a person can be erased, and the chain stays whole", arguments: EngineKind.tested)
    func erase(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let contact = try test.perform(AddContact(client: "acme", fullName: "Cy Chen", email: "cy@acme.example")).id
        try test.perform(AddUser(id: "ben", fullName: "Ben Okri", role: .agent))
        #expect(throws: Problems.self) { try test.perform(ErasePerson(id: "ben")) }
        try test.perform(EndUser(id: "ben"))
        #expect(throws: Refusal.self) { try test.perform(ErasePerson(id: contact), as: mia) }
        for id in [contact, "ben"] {
            try test.perform(ErasePerson(id: id))
            #expect(throws: Problems.self) { try test.perform(ErasePerson(id: id)) }
        }
        #expect(throws: Problems.self) { try test.perform(ErasePerson(id: "p-999")) }
        let export = try test.export()
        #expect(!export.contains("Chen") && !export.contains("cy@acme") && !export.contains("Okri"))
        #expect(try test.store.read { try People($0).user("ben")?.name } == "(erased)")
        #expect(try test.verify().faults == [])
    }

    @Test("One owner remains")
    func lastOwner() throws {
        let test = try TestDesk(.sqlite)
        #expect(throws: Problems.self) { try test.perform(ChangeRole(id: "olga", newRole: .agent)) }
        #expect(throws: Problems.self) { try test.perform(EndUser(id: "olga")) }
        try test.perform(AddUser(id: "ada", fullName: "Ada", role: .owner))
        try test.perform(EndUser(id: "olga"))
        #expect(throws: Problems.self) { try test.store.read { try People($0).actor("olga") } }
        #expect(try test.store.read { try People($0).actor("ada").standing } == .staff(.owner))
    }
}
