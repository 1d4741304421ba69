import Agreements
import Rating
import Values

// Rates a million entries that are already in memory, on one core, beside the least that any rating must do with them:
// adding up the seconds of each client and month.

let clientCount = 100
let monthCount = 120
let entryCount = 1_000_000
let recordedAt = Instant(seconds: 0)

func makeTerms() throws -> TermsHistory {
    let web = ServiceLineID("website-maintenance")
    let types = ["research", "troubleshooting", "content", "training", "server"].map { WorkTypeID($0) }
    let usd = Currency.usd
    return try TermsHistory([
        Terms(
            name: "Benchmark", effective: CivilDate(day: 0), currency: usd,
            listRate: HourlyRate(perHour: Money(minorUnits: 16500, usd)),
            serviceLines: [web: ServiceLine(name: "Website maintenance", covers: Set(types))],
            workTypes: Dictionary(
                uniqueKeysWithValues: types.map { ($0, WorkType(name: $0.text, isCharged: $0.text != "server")) }),
            plans: [
                PlanID("care-20"): Plan(
                    name: "Care 20", serviceLine: web, hours: Hours(20), fee: Money(minorUnits: 240_000, usd),
                    overageRate: HourlyRate(perHour: Money(minorUnits: 13500, usd)))
            ])
    ])
}

func makeFacts() -> Facts {
    guard let zone = Zone(identifier: "America/Los_Angeles"), let start = CivilDate(year: 2016, month: 1, day: 1)
    else { preconditionFailure("this system has no time zones") }
    var facts = Facts()
    let types = ["research", "troubleshooting", "content", "training", "server"].map { WorkTypeID($0) }
    for number in 0..<clientCount {
        let client = ClientID("client-\(number)")
        facts.clients.append(
            Client(id: client, name: "Client \(number)", zone: zone, currency: .usd, recordedAt: recordedAt))
        facts.contracts.append(
            Contract(
                id: ContractID("contract-\(number)"), client: client,
                serviceLine: ServiceLineID("website-maintenance"), plan: PlanID("care-20"), from: start,
                recordedAt: recordedAt))
        for year in 0..<(monthCount / 12) {
            facts.blocks.append(
                Block(
                    id: BlockID("block-\(number)-\(year)"), client: client, scope: .client, hours: Hours(20),
                    pricePerHour: HourlyRate(perHour: Money(minorUnits: 15000, .usd)), boughtOn: start + year * 365,
                    recordedAt: recordedAt))
        }
    }
    let days = 3650
    for number in 0..<entryCount {
        let client = number % clientCount
        let order = number / clientCount
        let request = RequestID("r\(client)-\(order / 5)")
        if order % 5 == 0 {
            facts.requests.append(
                Request(
                    id: request, client: ClientID("client-\(client)"),
                    serviceLine: ServiceLineID("website-maintenance"), title: "", recordedAt: recordedAt))
        }
        let date = start + order * days / (entryCount / clientCount)
        let length = Hours(seconds: 300 + (number &* 7919) % 40 * 60)
        let when: TimeEntry.When
        if number % 2 == 0 {
            when = .dated(date, length)
        } else {
            let instant = Instant(seconds: date.day * 86_400 + 61_200 + number % 10 * 900)
            when = .clocked(start: instant, end: instant + length)
        }
        facts.timeEntries.append(
            TimeEntry(
                id: EntryID("e\(number)"), request: request, person: "p\(number % 7)", workType: types[number % 5],
                when: when, note: "Looked into it", recordedAt: recordedAt))
    }
    return facts
}

func leastWork(_ facts: Facts) -> Int {
    var sums = [Int](repeating: 0, count: clientCount * 200)
    for (number, entry) in facts.timeEntries.enumerated() {
        let day =
            switch entry.when {
            case .clocked(let start, _): start.seconds / 86_400
            case .dated(let date, _): date.day
            }
        let month = Period(containing: CivilDate(day: day)).index - 2016 * 12
        sums[number % clientCount * 200 + max(0, month)] += entry.worked.seconds
    }
    return sums.reduce(0, +)
}

func median(_ runs: Int, _ body: () -> Void) -> Duration {
    let clock = ContinuousClock()
    return (0..<runs).map { _ in clock.measure(body) }.sorted()[runs / 2]
}

func milliseconds(_ duration: Duration) -> Int {
    Int(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
}

let facts = makeFacts()
let rater = Rater(terms: try makeTerms())
var checksum = 0
let least = median(5) { checksum &+= leastWork(facts) }
var worked = 0
var statementCount = 0
let rating = median(5) {
    let accounts = rater.accounts(of: facts)
    worked = accounts.reduce(0) { $0 + $1.statements.reduce(0) { $0 + $1.totals.worked.seconds } }
    statementCount = accounts.reduce(0) { $0 + $1.statements.count }
}
precondition(worked == leastWork(facts), "every minute is counted once")
print("entries                     \(entryCount)")
print("statements                  \(statementCount)")
print("adding up only (limit)      \(milliseconds(least)) ms")
print("rating, facts to statements \(milliseconds(rating)) ms")
print("entries per second          \(entryCount * 1000 / max(1, milliseconds(rating)))")
print("rating / limit              \(milliseconds(rating) / max(1, milliseconds(least)))")
