import Agreements
import Rating
import Values

/// A stream of random numbers that a seed decides (SplitMix64, Steele, Lea and Flood 2014).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Facts of every kind with every value that a file can hold; they need not make sense together.
struct RandomFacts {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private static let zones = ["America/Los_Angeles", "Europe/Paris", "Asia/Kathmandu", "UTC"].compactMap {
        Zone(identifier: $0)
    }
    private static let pieces = [
        "a", "acme", "-", ":", "\u{301}", "é", "漢", "🧰", " ", "\"", "\\", "/", "'", "{", "\u{2028}", "0",
    ]

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func flip() -> Bool { Bool.random(using: &random) }
    private mutating func one<Value>(of values: [Value]) -> Value { values[number(0...values.count - 1)] }
    private mutating func maybe<Value>(_ value: (inout RandomFacts) -> Value) -> Value? { flip() ? value(&self) : nil }

    private mutating func id<Kind>() -> Identifier<Kind> {
        Identifier((0...number(0...5)).map { _ in one(of: RandomFacts.pieces) }.joined())
    }
    private mutating func words() -> String {
        (0..<number(0...6)).map { _ in one(of: RandomFacts.pieces + ["\n", "\r", "\t", "\u{0}", "\u{7F}"]) }.joined()
    }
    private mutating func instant() -> Instant { Instant(seconds: number(-2_208_988_800...253_402_300_799)) }
    private mutating func date() -> CivilDate { CivilDate(day: number(-719_162...2_932_896)) }
    private mutating func period() -> Period { Period(index: number(12...119_999)) }
    private mutating func hours() -> Hours {
        one(of: [
            .zero, Hours(1, 30), Hours(seconds: 1), Hours.limit, Hours(seconds: number(0...Hours.limit.seconds)),
            Hours(5),
        ])
    }
    private mutating func difference() -> Hours { flip() ? hours() : -hours() }
    private mutating func money() -> Money { Money(minorUnits: one(of: [0, 1, number(0...Money.limit)]), .usd) }
    private mutating func rate() -> HourlyRate { HourlyRate(perHour: money()) }

    mutating func facts() -> Facts {
        var facts = Facts()
        for _ in 0..<number(0...40) { add(to: &facts) }
        return facts
    }

    private mutating func add(to facts: inout Facts) {
        switch number(0...20) {
        case 0:
            facts.clients.append(
                Client(
                    id: id(), name: words(), zone: one(of: RandomFacts.zones), currency: .usd, recordedAt: instant()))
        case 1:
            facts.zoneChanges.append(
                ZoneChange(client: id(), zone: one(of: RandomFacts.zones), from: period(), recordedAt: instant()))
        case 2: facts.projects.append(Project(id: id(), client: id(), name: words(), recordedAt: instant()))
        case 3: facts.projectsDone.append(ProjectDone(project: id(), on: date(), recordedAt: instant()))
        case 4:
            let projects = Set((0..<number(0...3)).map { _ in id() as ProjectID })
            facts.contracts.append(
                Contract(
                    id: id(), client: id(), serviceLine: id(), plan: id(), from: date(), projects: projects,
                    rank: maybe { $0.number(0...1000) }, recordedAt: instant()))
        case 5: facts.planChanges.append(PlanChange(contract: id(), plan: id(), on: date(), recordedAt: instant()))
        case 6: facts.contractEnds.append(ContractEnd(contract: id(), on: date(), recordedAt: instant()))
        case 7: facts.negotiatedTerms.append(negotiated())
        case 8: facts.blocks.append(block())
        case 9:
            facts.blockChanges.append(
                BlockChange(
                    block: id(), hours: maybe { $0.hours() }, lastDay: maybe { $0.date() }, paidOn: date(),
                    reason: words(), recordedAt: instant()))
        case 10: facts.requests.append(request())
        case 11: facts.requestMoves.append(RequestMove(to: request(), reason: words()))
        case 12: facts.requestApprovals.append(RequestApproval(request: id(), by: words(), recordedAt: instant()))
        case 13: facts.timeEntries.append(entry())
        case 14: facts.timeCorrections.append(TimeCorrection(to: entry(), reason: words()))
        case 15: facts.timeVoids.append(TimeVoid(entry: id(), reason: words(), recordedAt: instant()))
        case 16: facts.timeApprovals.append(TimeApproval(entry: id(), by: words(), recordedAt: instant()))
        case 17:
            facts.courtesies.append(
                Courtesy(
                    entry: id(), hours: maybe { $0.hours() }, by: words(), reason: words(), recordedAt: instant()))
        case 18:
            facts.permits.append(
                Permit(request: id(), hours: hours(), until: date(), by: words(), recordedAt: instant()))
        case 19:
            facts.reopenings.append(
                Reopening(client: id(), period: period(), by: words(), reason: words(), recordedAt: instant()))
        default: facts.closings.append(closing())
        }
    }

    private mutating func negotiated() -> NegotiatedTerms {
        var terms = NegotiatedTerms(contract: id(), from: date(), recordedAt: instant())
        terms.overageRate = maybe { $0.rate() }
        terms.hours = maybe { $0.hours() }
        terms.fee = maybe { $0.money() }
        terms.increment = maybe { random in
            random.maybe {
                Increment(
                    step: Hours(seconds: $0.number(1...86_400)), group: $0.one(of: Increment.Group.allCases),
                    minimum: $0.hours(), mayCauseOverage: $0.flip())
            }
        }
        terms.tolerance = maybe { random in
            random.maybe {
                Tolerance(
                    margin: $0.flip() ? .hours($0.hours()) : .percent($0.number(0...100)),
                    beyond: $0.one(of: Tolerance.Beyond.allCases))
            }
        }
        terms.overageConsent = maybe { $0.one(of: [.allow, .ask, .stop, .allowUpTo($0.hours())]) }
        terms.lateTime = maybe { $0.one(of: LateTime.allCases) }
        terms.drawOrder = maybe { $0.one(of: DrawOrder.allCases) }
        terms.firstPeriod = maybe { $0.one(of: Proration.allCases) }
        terms.upgrade = maybe { $0.flip() ? .nextPeriod : .atOnce($0.one(of: Proration.allCases)) }
        if terms.subjects.isEmpty { terms.hours = hours() }
        return terms
    }

    private mutating func block() -> Block {
        let scope: Block.Scope = one(of: [.project(id()), .serviceLine(id()), .client])
        var endsWithProject = false
        if case .project = scope { endsWithProject = flip() }
        return Block(
            id: id(), client: id(), scope: scope, hours: hours(), pricePerHour: rate(), boughtOn: date(),
            effective: maybe { $0.date() }, lastDay: maybe { $0.date() }, endsWithProject: endsWithProject,
            usableBeforePaid: flip(), paidOn: maybe { $0.date() }, recordedAt: instant())
    }

    private mutating func request() -> Request {
        Request(
            id: id(), client: id(), serviceLine: id(), project: maybe { $0.id() }, title: words(),
            recordedAt: instant())
    }

    private mutating func entry() -> TimeEntry {
        TimeEntry(
            id: id(), request: id(), person: words(), workType: id(),
            when: flip() ? .dated(date(), hours()) : .clocked(start: instant(), end: instant()), note: words(),
            recordedAt: instant())
    }

    private mutating func grants(_ hours: (inout RandomFacts) -> Hours) -> [GrantID: Hours] {
        var grants: [GrantID: Hours] = [:]
        for _ in 0..<number(0...3) {
            grants[flip() ? .block(id()) : .allotment(id(), period())] = hours(&self)
        }
        return grants
    }

    private mutating func closing() -> Closing {
        var positions: [PositionKey: IssuedPosition] = [:]
        for _ in 0..<number(0...5) {
            let key = one(of: [
                PositionKey.fee(id()), .block(id()), .entry(id()), .entryRounding(id()), .requestRounding(id()),
                .dayRounding(id(), date()),
            ])
            let cents = one(of: [0, 1, -1, number(-99_999_999_999_999...99_999_999_999_999)])
            positions[key] = IssuedPosition(
                period: period(), key: key, worked: difference(), draws: grants { $0.difference() },
                charged: difference(), courtesy: difference(), waived: difference(), notCharged: difference(),
                withheld: difference(), amount: Money(minorUnits: cents, .usd))
        }
        return Closing(
            client: id(), period: period(),
            positions: positions.values.sorted { ($0.period, $0.key) < ($1.period, $1.key) },
            available: grants { $0.hours() },
            availableEarlier: flip() ? [:] : [period(): [.block(id()): hours(), .allotment(id(), period()): hours()]],
            recordedAt: instant())
    }
}

extension Facts {
    /// The same facts in another order.
    func shuffled(using random: inout some RandomNumberGenerator) -> Facts {
        var facts = self
        facts.clients.shuffle(using: &random)
        facts.zoneChanges.shuffle(using: &random)
        facts.projects.shuffle(using: &random)
        facts.projectsDone.shuffle(using: &random)
        facts.contracts.shuffle(using: &random)
        facts.planChanges.shuffle(using: &random)
        facts.contractEnds.shuffle(using: &random)
        facts.negotiatedTerms.shuffle(using: &random)
        facts.blocks.shuffle(using: &random)
        facts.blockChanges.shuffle(using: &random)
        facts.requests.shuffle(using: &random)
        facts.requestMoves.shuffle(using: &random)
        facts.requestApprovals.shuffle(using: &random)
        facts.permits.shuffle(using: &random)
        facts.timeEntries.shuffle(using: &random)
        facts.timeCorrections.shuffle(using: &random)
        facts.timeVoids.shuffle(using: &random)
        facts.timeApprovals.shuffle(using: &random)
        facts.courtesies.shuffle(using: &random)
        facts.closings.shuffle(using: &random)
        facts.reopenings.shuffle(using: &random)
        return facts
    }

    /// Whether these are the same facts as others, whatever their order. Each kind is compared as a bag.
    func hasSameContent(as other: Facts) -> Bool {
        func bag<Fact: Hashable>(_ facts: [Fact]) -> [Fact: Int] {
            facts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        return bag(clients) == bag(other.clients) && bag(zoneChanges) == bag(other.zoneChanges)
            && bag(projects) == bag(other.projects) && bag(projectsDone) == bag(other.projectsDone)
            && bag(contracts) == bag(other.contracts) && bag(planChanges) == bag(other.planChanges)
            && bag(contractEnds) == bag(other.contractEnds) && bag(negotiatedTerms) == bag(other.negotiatedTerms)
            && bag(blocks) == bag(other.blocks) && bag(blockChanges) == bag(other.blockChanges)
            && bag(requests) == bag(other.requests) && bag(requestMoves) == bag(other.requestMoves)
            && bag(requestApprovals) == bag(other.requestApprovals) && bag(timeEntries) == bag(other.timeEntries)
            && bag(timeCorrections) == bag(other.timeCorrections) && bag(timeVoids) == bag(other.timeVoids)
            && bag(timeApprovals) == bag(other.timeApprovals) && bag(courtesies) == bag(other.courtesies)
            && bag(permits) == bag(other.permits) && bag(closings) == bag(other.closings)
            && bag(reopenings) == bag(other.reopenings)
    }
}
