import Agreements
import Rating
import Values

/// A made-up month of a made-up client, for examples that the engine computes as they are printed.
struct ExampleMonth {
    private let terms: Terms
    private var facts = Facts()
    /// The month: the January after the terms take effect.
    let period: Period
    private static let client = ClientID("example")
    static let contract = ContractID("example")
    static let block = BlockID("example")
    private let recordedAt = Instant(seconds: 0)

    init(_ terms: Terms, plan: PlanID? = nil) {
        self.terms = terms
        period = Period(index: (Period(containing: terms.effective).year + 1) * 12)
        facts.clients = [
            Client(
                id: ExampleMonth.client, name: "Example", zone: .utc, currency: terms.currency, recordedAt: recordedAt)
        ]
        guard let plan, let serviceLine = terms.plans[plan]?.serviceLine else { return }
        facts.contracts = [
            Contract(
                id: ExampleMonth.contract, client: ExampleMonth.client, serviceLine: serviceLine, plan: plan,
                from: period.firstDay, recordedAt: recordedAt)
        ]
    }

    /// Adds work dated on a day of the month.
    mutating func work(
        _ hours: Hours, _ workType: WorkTypeID, on serviceLine: ServiceLineID, day: Int = 10
    ) {
        let number = facts.requests.count + 1
        // On a business day, so that no example costs what only a weekend does.
        var date = period.firstDay + (day - 1)
        if let open = terms.businessHours?.days, !open.isEmpty {
            while !open.contains(date.weekday) { date = date + 1 }
        }
        let request = RequestID("r\(number)")
        facts.requests.append(
            Request(
                id: request, client: ExampleMonth.client, serviceLine: serviceLine, title: "", recordedAt: recordedAt))
        facts.timeApprovals.append(TimeApproval(entry: EntryID("e\(number)"), by: "", recordedAt: recordedAt))
        facts.timeEntries.append(
            TimeEntry(
                id: EntryID("e\(number)"), request: request, person: "", workType: workType,
                when: .dated(date, hours), note: "", recordedAt: recordedAt))
    }

    /// Has the client approve so much overage of the work so far.
    mutating func permit(_ hours: Hours) {
        facts.permits += facts.requests.map {
            Permit(request: $0.id, hours: hours, until: period.lastDay, by: "", recordedAt: recordedAt)
        }
    }

    /// Buys a block on a day of the month.
    mutating func buy(_ hours: Hours, _ sale: BlockTerms, day: Int) {
        let date = period.firstDay + (day - 1)
        facts.blocks.append(
            Block(
                id: ExampleMonth.block, client: ExampleMonth.client, scope: .client, hours: hours,
                pricePerHour: sale.pricePerHour, boughtOn: date, lastDay: sale.expiry.lastDay(boughtOn: date),
                recordedAt: recordedAt))
    }

    /// Changes the plan on a day of the month.
    mutating func change(to plan: PlanID, day: Int) {
        facts.planChanges.append(
            PlanChange(
                contract: ExampleMonth.contract, plan: plan, on: period.firstDay + (day - 1), recordedAt: recordedAt))
    }

    /// The statements of the month and the one after, computed by the engine.
    func statements() -> [Statement] {
        Rater(terms: TermsHistory(always: terms)).accounts(of: facts, through: period.next, causes: false).first?
            .statements ?? []
    }

    /// The statement of the month.
    func statement() -> Statement? { statements().first { $0.period == period } }
}
