import Agreements
import Values

/// Judges each kind of work once for each stretch of a period in which nothing that matters to it changes.
final class WorkClasses {
    private(set) var all: [WorkClass] = []
    /// What the arithmetic of a line needs of its class, without the words.
    private(set) var figures: [Figures] = []

    struct Figures {
        var isCharged: Bool
        /// The multiplier of hours, in hundredths.
        var weighting: Int
        /// Minor units an hour.
        var rate: Int
        /// The first day of the stretch.
        var from: CivilDate
    }

    /// The first day of the stretch that each class is for.
    var dates: [CivilDate] { figures.map(\.from) }

    private let history: ClientHistory
    private let terms: TermsHistory
    private let accounts: [ContractAccount]
    private let grants: [OpenGrant]
    /// The first days of the stretches.
    private let stretches: [CivilDate]
    /// The class of a kind in a stretch: `known[stretch * kinds + kind]`, or -1.
    private var known: [Int32]

    init(
        history: ClientHistory, terms: TermsHistory, period: Period, accounts: [ContractAccount], grants: [OpenGrant],
        edges: Set<CivilDate> = []
    ) {
        self.history = history
        self.terms = terms
        self.accounts = accounts
        self.grants = grants
        // A period starts a stretch, and so does every day in it on which terms, a contract, a negotiated rate or a
        // grant begins, or the day after one of them ends.
        var starts: Set<CivilDate> = [period.firstDay]
        func add(_ date: CivilDate) {
            if date > period.firstDay, date <= period.lastDay { starts.insert(date) }
        }
        for version in terms.versions { add(version.effective) }
        for contract in history.contracts {
            add(contract.contract.from)
            for override in contract.negotiated { add(override.from) }
        }
        for grant in grants {
            add(grant.from)
            if let lastDay = grant.lastDay { add(lastDay + 1) }
        }
        for date in edges { add(date) }
        stretches = starts.sorted()
        known = [Int32](repeating: -1, count: stretches.count * history.kinds.count)
    }

    /// The class of a kind of work on a date of the period.
    func index(ofKind kind: Int, on date: CivilDate) -> Int {
        var stretch = stretches.count - 1
        while stretch > 0, stretches[stretch] > date { stretch -= 1 }
        let place = stretch * history.kinds.count + kind
        if known[place] < 0 {
            known[place] = Int32(all.count)
            let judged = judge(history.kinds[kind], on: stretches[stretch])
            all.append(judged)
            figures.append(
                Figures(
                    isCharged: judged.verdict != .notCharged,
                    weighting: judged.multiplierTarget == .hours ? judged.multiplierPercent : 100,
                    rate: judged.rate.perHour.minorUnits, from: stretches[stretch]))
        }
        return Int(known[place])
    }

    private func judge(_ kind: WorkKind, on date: CivilDate) -> WorkClass {
        let terms = terms.inForce(on: date) ?? terms.versions[0]
        let judgement = Coverage(contracts: history.contracts, terms: terms, date: date).judge(kind)
        let rates = OverageRate(terms: terms, date: date)
        var (rate, clause) = rates.list(kind.workType)
        if case .covered(let id) = judgement.verdict,
            let contract = history.contracts.first(where: { $0.contract.id == id }),
            let account = accounts.first(where: { $0.contract == id })
        {
            (rate, clause) = rates.covered(by: contract, plan: account.plan, kind.workType)
        }
        let multiplier = Multiplier(of: kind, terms)
        let isCharged = judgement.verdict != .notCharged
        let paidByBlocks = terms.workTypes[kind.workType]?.isPaidByBlocks ?? true
        return WorkClass(
            serviceLine: kind.serviceLine, project: kind.project, workType: kind.workType,
            isOutsideHours: kind.isOutsideHours, verdict: judgement.verdict, checklist: judgement.checklist,
            eligible: isCharged
                ? grants.indices.filter {
                    grants[$0].mayPay(
                        for: kind, covering: judgement.covering, paidByBlocks: paidByBlocks, on: date)
                } : [],
            rate: multiplier.price(rate), baseRate: rate, clause: clause,
            multiplierPercent: isCharged ? multiplier.percent : 100, multiplierTarget: multiplier.target)
    }
}
