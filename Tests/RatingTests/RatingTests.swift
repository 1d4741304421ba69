import Agreements
import Rating
import Testing

@Suite struct Smoke {
    @Test func e7() throws {
        var facts = Facts()
        let t0 = Instant("2026-01-01T00:00:00Z")!
        let zone = Zone(identifier: "America/Los_Angeles")!
        facts.clients.append(Client(id: ClientID("acme"), name: "Acme", zone: zone, currency: .usd, recordedAt: t0))
        let web = ServiceLineID("web")
        let terms = Terms(
            name: "T", effective: CivilDate("2020-01-01")!, currency: .usd,
            listRate: HourlyRate(perHour: Money(minorUnits: 16500, .usd)),
            serviceLines: [web: ServiceLine(name: "Web", covers: [WorkTypeID("dev")])],
            workTypes: [
                WorkTypeID("dev"): WorkType(name: "Dev"), WorkTypeID("server"): WorkType(name: "S", isCharged: false),
            ],
            plans: [
                PlanID("p"): Plan(name: "P", serviceLine: web, hours: Hours(1, 15), fee: Money(minorUnits: 10000, .usd))
            ])
        facts.contracts.append(
            Contract(
                id: ContractID("c"), client: ClientID("acme"), serviceLine: web, plan: PlanID("p"),
                from: CivilDate("2026-01-01")!, recordedAt: t0))
        facts.blocks.append(
            Block(
                id: BlockID("b"), client: ClientID("acme"), scope: .client, hours: Hours(1),
                pricePerHour: HourlyRate(perHour: Money(minorUnits: 15000, .usd)), boughtOn: CivilDate("2026-01-01")!,
                recordedAt: t0))
        facts.requests.append(
            Request(id: RequestID("r"), client: ClientID("acme"), serviceLine: web, title: "x", recordedAt: t0))
        facts.timeEntries.append(
            TimeEntry(
                id: EntryID("e"), request: RequestID("r"), person: "a", workType: WorkTypeID("dev"),
                when: .dated(CivilDate("2026-01-05")!, Hours(3)), note: "", recordedAt: t0))
        let s = Rater(terms: try TermsHistory([terms])).accounts(of: facts)[0].statements[0]
        #expect(s.draws.map(\.hours) == [Hours(1, 15), Hours(1)])
        #expect(s.lines[0].charged == Hours(0, 45))
        #expect(s.lines[0].amount.description == "$123.75")
    }
}
