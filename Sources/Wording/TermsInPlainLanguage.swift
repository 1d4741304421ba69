public import Agreements
import Rating
import Values

/// The terms as answers to what clients ask, each with a worked example that the engine computes as it is printed, so that
/// neither can differ from what is billed.
public struct TermsInPlainLanguage: Sendable {
    /// One question, answered.
    public struct Answer: Hashable, Sendable {
        /// What a client asks.
        public var question: String
        /// The answer, in sentences.
        public var sentences: [String]
        /// A worked example, in sentences.
        public var example: [String]
    }

    private let terms: Terms
    private let words: Wording

    /// The plain words of one version.
    public init(_ terms: Terms) {
        self.terms = terms
        words = Wording(TermsHistory(always: terms))
    }

    /// Every answer, in the order in which clients ask.
    public var answers: [Answer] {
        [
            plansOnOffer, rollOver, price, runningOut, counting, buyingAhead, changing, included, notIncluded, lines,
            licensing,
        ]
        .compactMap(\.self)
    }

    /// Plans, smallest first.
    private var plans: [(id: PlanID, plan: Plan)] {
        terms.plans.map { (id: $0.key, plan: $0.value) }
            .sorted {
                ($0.plan.hours.seconds, $0.plan.fee.minorUnits, $0.id) < (
                    $1.plan.hours.seconds, $1.plan.fee.minorUnits, $1.id
                )
            }
    }

    /// A plan with hours, and a kind of work that it covers at the plan's rate.
    private var examplePlan: (id: PlanID, plan: Plan, workType: WorkTypeID)? {
        for (id, plan) in plans where plan.hours > .zero {
            let covered = terms.serviceLines[plan.serviceLine]?.covers ?? []
            let ordinary = covered.sorted().first {
                terms.workTypes[$0].map { $0.isCharged && $0.multiplierPercent == 100 } ?? false
            }
            if let ordinary { return (id, plan, ordinary) }
        }
        return nil
    }

    // MARK: Questions

    private var plansOnOffer: Answer? {
        guard !plans.isEmpty else { return nil }
        return Answer(
            question: "What plans are there?",
            sentences: plans.map { _, plan in
                let line = terms.serviceLines[plan.serviceLine]?.name ?? plan.serviceLine.text
                let answer = plan.firstResponse.map { " A first answer within \($0) of business hours." } ?? ""
                return "\(plan.name), on \(line): \(plan.hours) a month for \(plan.fee)." + answer
            }, example: [])
    }

    private var rollOver: Answer? {
        var example: [String] = []
        if let (id, plan, type) = examplePlan {
            var month = ExampleMonth(terms, plan: id)
            // Half of them, in whole hours where there are several, so that no step of billing uses them up.
            let half = plan.hours.seconds / 2
            let used = Hours(seconds: half > 3600 ? half / 3600 * 3600 : half)
            month.work(used, type, on: plan.serviceLine)
            let both = month.statements()
            if both.count == 2, let first = both[0].grants.first, let second = both[1].grants.first {
                example = [
                    "\(plan.name) includes \(first.opening) a month. A client who uses \(first.drawn) of it in "
                        + "\(both[0].period.written) lets \(first.lapsed) lapse on \(both[0].period.lastDay.written), and "
                        + "starts \(both[1].period.written) with \(second.opening)."
                ]
            }
        }
        return Answer(
            question: "Does unused time roll over?",
            sentences: [
                "No. The hours of a plan begin on the 1st of each month and lapse on its last day. They do not add up, and "
                    + "hours left over in one month cannot pay for a project that goes over its hours in another."
            ] + (terms.blocks == nil ? [] : ["Hours bought ahead follow their own rule: see below."]),
            example: example)
    }

    private var price: Answer {
        var sentences = ["Beyond the hours you have, an hour costs \(terms.listRate.perHour)."]
        let own = plans.compactMap { entry in entry.plan.overageRate.map { (entry.plan.name, $0.perHour) } }
        if !own.isEmpty {
            let isLess = own.allSatisfy { $0.1.minorUnits < terms.listRate.perHour.minorUnits }
            sentences.append(
                (isLess ? "On a plan it costs less: " : "On a plan it costs: ")
                    + own.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + ".")
        }
        let special = terms.workTypes.sorted { $0.key < $1.key }.compactMap { type in
            type.value.listRate.map { "\(type.value.name) \($0.perHour)" }
        }
        if !special.isEmpty {
            sentences.append(
                "Some work has a price of its own where no plan covers it: " + special.joined(separator: ", ") + ".")
        }
        if terms.negotiable.contains(.overageRate) {
            sentences.append("If your signed contract names a rate, that rate holds.")
        }
        if let tolerance = terms.policies.tolerance {
            let margin =
                switch tolerance.margin {
                case .hours(let hours): "\(hours)"
                case .percent(let percent): "\(percent) % of your plan's hours"
                }
            sentences.append(
                "Up to \(margin) over your hours is not charged; beyond that, "
                    + (tolerance.beyond == .all ? "all of it is." : "only what exceeds it is."))
        }
        var example: [String] = []
        if let (id, plan, type) = examplePlan {
            var month = ExampleMonth(terms, plan: id)
            var over = Hours(1, 45)
            if case .allowUpTo(let most) = terms.policies.overageConsent { over = min(over, most) }
            month.work(plan.hours + over, type, on: plan.serviceLine)
            if terms.policies.overageConsent == .ask { month.permit(over) }
            if let statement = month.statement(), let line = statement.lines.first, statement.totals.withheld == .zero {
                let charged = statement.totals.charged
                let waived = statement.totals.waived
                let rate = statement.workClass(of: line).rate
                let amount = statement.lines.reduce(0) { $0 + $1.amount.minorUnits }
                example = [
                    "On \(plan.name), \(line.worked) of \(words.workType(type)) in one month is \(statement.totals.drawn) from "
                        + "the plan, \(waived > .zero ? "\(waived) is within the tolerance, " : "")and \(charged) is beyond it: "
                        + "\(charged) × \(rate.perHour) = "
                        + "\(Money(minorUnits: amount, terms.currency)), on top of the fee of "
                        + "\(plan.fee)."
                ]
            }
        }
        return Answer(question: "What does more time cost?", sentences: sentences, example: example)
    }

    private var runningOut: Answer {
        var sentences: [String] = []
        switch terms.policies.overageConsent {
        case .allow: sentences.append("We go on with what you asked for, and charge the time beyond your hours.")
        case .allowUpTo(let most):
            sentences.append(
                "We go on, and charge up to \(most) beyond your hours in a month. More than that is not billed.")
        case .ask:
            sentences.append(
                "We ask you first. Time beyond your hours is billed only as far as you approve it: for a request, so many "
                    + "hours, until a day.")
        case .stop: sentences.append("We stop until you have hours again. Time beyond your hours is not billed.")
        }
        sentences.append("Work that no plan covers is not part of this: it is agreed on before it is done.")
        if terms.negotiable.contains(.overageConsent) {
            sentences.append("If your signed contract says otherwise, that holds.")
        }
        var example: [String] = []
        if let (id, plan, type) = examplePlan {
            var month = ExampleMonth(terms, plan: id)
            month.work(plan.hours + Hours(1), type, on: plan.serviceLine)
            var start = "\(plan.hours + Hours(1)) of \(words.workType(type)) on \(plan.name)"
            if terms.policies.overageConsent == .ask {
                month.permit(Hours(0, 30))
                start += ", of which you approve 0:30 beyond the plan"
            }
            if let totals = month.statement()?.totals {
                var parts = ["\(totals.drawn) from the plan"]
                if totals.waived > .zero { parts.append("\(totals.waived) given") }
                if totals.charged > .zero { parts.append("\(totals.charged) charged") }
                if totals.withheld > .zero { parts.append("\(totals.withheld) not billed") }
                example = ["\(start): \(parts.joined(separator: ", "))."]
            }
        }
        return Answer(question: "What happens when my hours run out?", sentences: sentences, example: example)
    }

    private var counting: Answer {
        let policies = terms.policies
        var sentences: [String] = []
        if let increment = policies.increment {
            let group =
                switch increment.group {
                case .entry: "each piece of work"
                case .requestAndDay: "the work on a request on one day"
                case .requestAndPeriod: "the work on a request in one month"
                }
            sentences.append("Time is billed in steps of \(increment.step): \(group) is rounded up as one.")
            if increment.minimum > .zero {
                sentences.append("The least that is billed for it is \(increment.minimum).")
            }
            if !increment.mayCauseOverage {
                sentences.append("Rounding uses hours you have, but is never charged beyond them.")
            }
        } else {
            sentences.append("Time is billed as it was worked, to the second, without rounding up.")
        }
        if policies.outsideHoursPercent != 100, let hours = terms.businessHours {
            let what = policies.multiplierTarget == .price ? "costs" : "counts"
            sentences.append(
                "Work outside business hours (\(days(hours.days)), \(clock(hours.opens)) to \(clock(hours.closes))) \(what) "
                    + "\(times(policies.outsideHoursPercent)).")
        }
        for (_, type) in terms.workTypes.sorted(by: { $0.key < $1.key }) where type.multiplierPercent != 100 {
            let what = policies.multiplierTarget == .price ? "costs" : "counts"
            sentences.append("\(type.name) \(what) \(times(type.multiplierPercent)).")
        }
        if terms.approvalRequired {
            sentences.append("Time counts once a second person of ours has approved it.")
        }
        switch policies.lateTime {
        case .adjust:
            sentences.append(
                "Work that is logged after its month was closed still counts in that month: what it changes, and only that, "
                    + "is on your next invoice.")
        case .waive: sentences.append("Work that is logged after its month was closed is not charged.")
        case .refuse: sentences.append("Work that is logged after its month was closed does not count.")
        }
        var example: [String] = []
        if let increment = policies.increment, let (id, plan, type) = examplePlan {
            var month = ExampleMonth(terms, plan: id)
            month.work(Hours(0, 20), type, on: plan.serviceLine)
            if let totals = month.statement()?.totals {
                example = [
                    "0:20 of work on one request is billed as \(totals.worked + totals.rounding) "
                        + "(step \(increment.step)): \(totals.drawn) comes from the plan."
                ]
            }
        }
        return Answer(question: "How is time counted?", sentences: sentences, example: example)
    }

    private var buyingAhead: Answer {
        guard let sale = terms.blocks else {
            return Answer(
                question: "Can I buy hours ahead?", sentences: ["These terms do not sell hours ahead."], example: [])
        }
        let price = sale.pricePerHour
        var sentences = [
            "Yes, from \(sale.minimum) in steps of \(sale.step), at \(price.perHour) an hour. The price is fixed when you buy."
        ]
        switch sale.expiry {
        case .projectDone: sentences.append("They can be used until the project they were bought for is done.")
        case .months(1): sentences.append("They can be used until the end of the month that follows the purchase.")
        case .months(let count):
            sentences.append("They can be used until the end of the \(ordinal(count)) month after the purchase.")
        case .never: sentences.append("They do not lapse.")
        }
        if !sale.usableBeforePaid { sentences.append("They can be used once they are paid for.") }
        var example: [String] = []
        var month = ExampleMonth(terms)
        month.buy(sale.minimum, sale, day: 12)
        if let statement = month.statement(), let purchase = statement.purchases.first,
            let grant = statement.grants.first
        {
            example.append(
                "\(purchase.hours) bought on \((statement.period.firstDay + 11).written) cost \(purchase.price) and can be used "
                    + "\(words.until(grant.lastDay)).")
        }
        let step = terms.policies.increment?.step ?? Hours(0, 1)
        let breakEven = BreakEven(block: sale.minimum, pricePerHour: price, overage: terms.listRate, step: step)
        if let from = breakEven.beatsFrom {
            example.append(
                "\(from) at \(terms.listRate.perHour) an hour would be \(terms.listRate.amount(for: from)), so from there on "
                    + "buying \(breakEven.block) for \(breakEven.price) is cheaper.")
        }
        return Answer(question: "Can I buy hours ahead?", sentences: sentences, example: example)
    }

    private var changing: Answer {
        var sentences: [String] = []
        switch terms.policies.upgrade {
        case .atOnce(let proration):
            sentences.append(
                proration == .prorateFeeAndHours
                    ? "A bigger plan holds at once."
                    : "A bigger plan holds at once: its hours are there for the whole month.")
            switch proration {
            case .full: sentences.append("You pay the difference of the fees for that month.")
            case .prorateFee: sentences.append("You pay the difference of the fees for the days left.")
            case .prorateFeeAndHours:
                sentences.append(
                    "You pay the difference of the fees, and get the difference of the hours, for the days left.")
            }
        case .nextPeriod: sentences.append("A bigger plan holds from the next month.")
        }
        sentences.append("A smaller plan holds from the next month. A cancelled one runs to the end of its month.")
        sentences.append("Either by agreement, at any time; you see the prices before you choose.")
        var example: [String] = []
        let byLine = Dictionary(grouping: plans, by: \.plan.serviceLine).values
        let rising = byLine.filter { $0.count > 1 && $0[0].plan.fee.minorUnits < $0[1].plan.fee.minorUnits }
        if let sameLine = rising.min(by: { $0[0].id < $1[0].id }) {
            var month = ExampleMonth(terms, plan: sameLine[0].id)
            month.change(to: sameLine[1].id, day: 15)
            let both = month.statements()
            if both.count == 2, let now = both[0].contracts.first, let next = both[1].contracts.first {
                example = [
                    "From \(sameLine[0].plan.name) (\(sameLine[0].plan.fee)) to \(sameLine[1].plan.name) "
                        + "(\(sameLine[1].plan.fee)) on \((both[0].period.firstDay + 14).written): that month has \(now.hours) for "
                        + "\(now.fee), the next \(next.hours) for \(next.fee)."
                ]
            }
        }
        return Answer(question: "How do I get more hours, or change plan?", sentences: sentences, example: example)
    }

    private var included: Answer {
        let sentences = terms.serviceLines.sorted { $0.key < $1.key }.map { _, line in
            var sentence = "\(line.name): " + names(line.covers.filter { terms.workTypes[$0]?.isCharged ?? true })
            if !line.coversWhenApproved.isEmpty {
                sentence += "; and where you asked for it, \(names(line.coversWhenApproved))"
            }
            return sentence + "."
        }
        var example: [String] = []
        if let (id, plan, type) = examplePlan {
            var month = ExampleMonth(terms, plan: id)
            let hours = min(Hours(1), plan.hours)
            month.work(hours, type, on: plan.serviceLine)
            if let statement = month.statement(), let line = statement.lines.first {
                example = [
                    "\(line.worked) of \(words.workType(type)) on \(plan.name): \(statement.totals.drawn) from the plan, "
                        + "\(line.amount) to pay."
                ]
            }
        }
        return Answer(question: "What is included?", sentences: sentences, example: example)
    }

    private var notIncluded: Answer {
        let free = terms.workTypes.filter { !$0.value.isCharged }.keys
        var sentences: [String] = []
        if !free.isEmpty {
            sentences.append(
                "\(names(free).capitalizedFirst): it is not part of any plan because it is never charged. It is shown at nothing and uses no "
                    + "hours, also when you have none left.")
        }
        let covered = terms.serviceLines.values.reduce(into: Set<WorkTypeID>()) {
            $0.formUnion($1.covers)
            $0.formUnion($1.coversWhenApproved)
        }
        let uncovered = terms.workTypes.filter { $0.value.isCharged && !covered.contains($0.key) }.keys
        if !uncovered.isEmpty {
            sentences.append(
                "No plan covers: \(names(uncovered)). It is charged by the hour, and we say so before we start.")
        }
        if sentences.isEmpty { sentences.append("Every kind of work is covered by some plan.") }
        var example: [String] = []
        if let type = free.min(), let line = terms.serviceLines.keys.min() {
            var month = ExampleMonth(terms)
            month.work(Hours(2), type, on: line)
            if let statement = month.statement(), let line = statement.lines.first {
                example.append(
                    "\(line.notCharged) of \(words.workType(type)) costs \(line.amount), with or without a plan.")
            }
        }
        if let type = uncovered.min(), let line = terms.serviceLines.keys.min() {
            var month = ExampleMonth(terms)
            month.work(Hours(1), type, on: line)
            if let line = month.statement()?.lines.first {
                example.append("\(line.worked) of \(words.workType(type)) costs \(line.amount).")
            }
        }
        return Answer(question: "What is not included?", sentences: sentences, example: example)
    }

    private var lines: Answer? {
        let lines = terms.serviceLines.sorted { $0.key < $1.key }
        guard lines.count > 1 else { return nil }
        let sentences =
            lines.map { "\($0.value.name): \($0.value.about.isEmpty ? names($0.value.covers) : $0.value.about)." }
            + ["The lines are kept apart: the plan hours of one do not pay for work on another."]
        var example: [String] = []
        if let (id, plan, _) = examplePlan,
            let (other, otherLine) = lines.first(where: { $0.key != plan.serviceLine }),
            let type = otherLine.covers.sorted().first(where: { terms.workTypes[$0]?.isCharged ?? false })
        {
            var month = ExampleMonth(terms, plan: id)
            month.work(Hours(1), type, on: other)
            if let statement = month.statement(), let line = statement.lines.first, let grant = statement.grants.first {
                example = [
                    "A client on \(plan.name) asks for 1:00 of \(words.workType(type)) on \(otherLine.name): "
                        + "\(grant.drawn) comes from the plan, and \(line.charged) is charged at "
                        + "\(statement.workClass(of: line).rate.perHour) an hour: \(line.amount)."
                ]
            }
        }
        let question = lines.map(\.value.name).joined(separator: ", or ") + "?"
        return Answer(question: question, sentences: sentences, example: example)
    }

    private var licensing: Answer? {
        guard let licensing = terms.licensing else { return nil }
        let billing = licensing.billing.map(\.rawValue).joined(separator: " or ")
        return Answer(
            question: "How are licenses billed?",
            sentences: [
                "A license of our software is billed \(billing), as you choose.",
                licensing.upgradesAreFree
                    ? "While it is current, upgrades to the latest stable release are free."
                    : "Upgrades are sold separately.",
            ], example: [])
    }

    // MARK: Words

    private func names(_ types: some Sequence<WorkTypeID>) -> String {
        types.sorted().map { words.workType($0).lowercasedFirst }.joined(separator: ", ")
    }

    /// Days of the week: Monday to Friday, or each by name.
    private func days(_ days: Set<Weekday>) -> String {
        let all = Weekday.allCases.filter(days.contains)
        let names = all.map { $0.rawValue.capitalizedFirst }
        let places = all.compactMap { Weekday.allCases.firstIndex(of: $0) }
        guard names.count > 2, let first = places.first, let last = places.last, last - first + 1 == places.count else {
            return names.joined(separator: ", ")
        }
        return "\(names[0]) to \(names[names.count - 1])"
    }

    private func ordinal(_ number: Int) -> String {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth"]
        return number >= 1 && number <= words.count ? words[number - 1] : "\(number)th"
    }

    private func clock(_ second: Int) -> String { "\(twoDigits(second / 3600)):\(twoDigits(second / 60 % 60))" }

    private func times(_ percent: Int) -> String {
        let fraction = percent % 100
        return "\(percent / 100)" + (fraction == 0 ? "" : ".\(twoDigits(fraction))") + " times as much"
    }
}

extension String {
    /// The same with a capital first letter.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// The same with a small first letter, unless the first word is written in capitals.
    fileprivate var lowercasedFirst: String {
        let word = prefix { $0.isLetter }
        return word.count > 1 && word.dropFirst().allSatisfy(\.isUppercase)
            ? self : prefix(1).lowercased() + dropFirst()
    }
}
