public import Agreements
import Rating
import Values

/// What a new version of the terms changes for a client, in plain language.
public struct TermsDifference: Hashable, Sendable {
    /// One change.
    public struct Change: Hashable, Sendable {
        /// What it is about: `list rate`, `plan care-2`.
        public var topic: String
        /// The change in a sentence.
        public var sentence: String
    }

    /// The changes: prices first, then kinds of work, plans, coverage and the rest; within each by id. Empty where a
    /// client would notice nothing.
    public private(set) var changes: [Change] = []

    private let old: Terms
    private let new: Terms

    /// What changes from one version to the next.
    public init(from old: Terms, to new: Terms) {
        self.old = old
        self.new = new
        compareListRate()
        compareWorkTypes()
        comparePlans()
        compareServiceLines()
        compareBlocks()
        compareIncrements()
        compareMultipliers()
        compareOtherPolicies()
        compareNegotiable()
        compareApproval()
        compareLicensing()
    }

    private mutating func add(_ topic: String, _ sentence: String) {
        changes.append(Change(topic: topic, sentence: sentence))
    }

    /// `up from $125.00/h to $165.00/h`.
    private func move(_ before: HourlyRate, _ after: HourlyRate) -> String {
        "\(direction(before.perHour, after.perHour))from \(before) to \(after)"
    }

    private func move(_ before: Money, _ after: Money) -> String {
        "\(direction(before, after))from \(before) to \(after)"
    }

    private func direction(_ before: Money, _ after: Money) -> String {
        guard before.currency == after.currency else { return "" }
        return after.minorUnits > before.minorUnits ? "up " : "down "
    }

    // MARK: Prices, work and plans

    private mutating func compareListRate() {
        if old.currency != new.currency {
            add("currency", "Prices are now in \(new.currency.code) instead of \(old.currency.code).")
        }
        if old.listRate != new.listRate {
            add(
                "list rate",
                "The list rate goes \(move(old.listRate, new.listRate)): what an hour costs where neither your contract "
                    + "nor your plan says otherwise.")
        }
    }

    private mutating func compareWorkTypes() {
        for id in Set(old.workTypes.keys).union(new.workTypes.keys).sorted() {
            let topic = "work type \(id)"
            switch (old.workTypes[id], new.workTypes[id]) {
            case (nil, let type?):
                let price = type.listRate.map { ": \($0) without a plan" } ?? ""
                add(topic, "\(type.name) is a new kind of work" + (type.isCharged ? "\(price)." : ", never charged."))
            case (let type?, nil): add(topic, "\(type.name) is no kind of work of its own any more.")
            case (let before?, let after?): compare(before, after, topic)
            case (nil, nil): break
            }
        }
    }

    private mutating func compare(_ before: WorkType, _ after: WorkType, _ topic: String) {
        if before.name != after.name { add(topic, "\(before.name) is now called \(after.name).") }
        if before.isCharged != after.isCharged {
            add(topic, "\(after.name) is \(after.isCharged ? "now" : "no longer") charged.")
        }
        guard after.isCharged else { return }
        if before.listRate != nil || after.listRate != nil {
            let (a, b) = (before.listRate ?? old.listRate, after.listRate ?? new.listRate)
            if a != b { add(topic, "\(after.name) without a plan goes \(move(a, b)).") }
        }
        if before.isPaidByBlocks != after.isPaidByBlocks {
            add(topic, "Hours bought ahead \(after.isPaidByBlocks ? "now" : "no longer") pay for \(after.name).")
        }
        if before.multiplierPercent != after.multiplierPercent {
            add(topic, "\(after.name) now counts \(times(after)) instead of \(times(before)).")
        }
    }

    /// `1.5 times`.
    private func times(_ percent: Int) -> String {
        var text = "\(percent / 100).\(percent / 10 % 10)\(percent % 10)"
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return "\(text) times"
    }

    private func times(_ type: WorkType) -> String { times(type.multiplierPercent) }

    private mutating func comparePlans() {
        for id in Set(old.plans.keys).union(new.plans.keys).sorted() {
            let topic = "plan \(id)"
            switch (old.plans[id], new.plans[id]) {
            case (nil, let plan?):
                add(
                    topic,
                    "New plan \(plan.name): \(plan.hours) a month for \(plan.fee), \(plan.overageRate ?? new.listRate) "
                        + "beyond that.")
            case (let plan?, nil): add(topic, "Plan \(plan.name) is no longer offered.")
            case (let before?, let after?): compare(before, after, topic)
            case (nil, nil): break
            }
        }
    }

    private mutating func compare(_ before: Plan, _ after: Plan, _ topic: String) {
        if before.name != after.name { add(topic, "Plan \(before.name) is now called \(after.name).") }
        if before.serviceLine != after.serviceLine {
            let line = new.serviceLines[after.serviceLine]?.name ?? after.serviceLine.text
            add(topic, "\(after.name) is now a plan for \(line).")
        }
        if before.hours != after.hours {
            add(topic, "\(after.name) includes \(after.hours) a month instead of \(before.hours).")
        }
        if before.fee != after.fee { add(topic, "\(after.name) goes \(move(before.fee, after.fee)) a month.") }
        let (a, b) = (before.overageRate ?? old.listRate, after.overageRate ?? new.listRate)
        if a != b { add(topic, "An hour over the hours of \(after.name) goes \(move(a, b)).") }
        if before.firstResponse != after.firstResponse {
            add(
                topic,
                after.firstResponse.map { "\(after.name) promises a first answer within \($0) of business hours." }
                    ?? "\(after.name) no longer promises when a request is first answered.")
        }
    }

    // MARK: Coverage

    private enum Coverage { case always, onRequest, never }

    private mutating func compareServiceLines() {
        for id in Set(old.serviceLines.keys).union(new.serviceLines.keys).sorted() {
            let topic = "service line \(id)"
            switch (old.serviceLines[id], new.serviceLines[id]) {
            case (nil, let line?): add(topic, "\(line.name) is a new line of service\(about(line)).")
            case (let line?, nil): add(topic, "\(line.name) is no longer offered.")
            case (let before?, let after?): compare(before, after, topic)
            case (nil, nil): break
            }
        }
    }

    private mutating func compare(_ before: ServiceLine, _ after: ServiceLine, _ topic: String) {
        if before.name != after.name { add(topic, "\(before.name) is now called \(after.name).") }
        if before.about != after.about, !after.about.isEmpty { add(topic, "\(after.name) is now\(about(after)).") }
        let types = before.covers.union(before.coversWhenApproved).union(after.covers).union(after.coversWhenApproved)
        for id in types.sorted() {
            // A kind of work that is gone was named as gone.
            guard let type = new.workTypes[id] else { continue }
            let (a, b) = (coverage(of: id, by: before), coverage(of: id, by: after))
            guard a != b else { continue }
            switch b {
            case .always: add(topic, "\(after.name) now covers \(type.name).")
            case .onRequest:
                let only = a == .always ? "covers \(type.name) only" : "now covers \(type.name)"
                add(topic, "\(after.name) \(only) where you asked for the work.")
            case .never:
                let price = type.isCharged ? ": it costs \(type.listRate ?? new.listRate)" : ""
                add(topic, "\(after.name) no longer covers \(type.name)\(price).")
            }
        }
    }

    private func about(_ line: ServiceLine) -> String { line.about.isEmpty ? "" : " for this: \(line.about)" }

    private func coverage(of type: WorkTypeID, by line: ServiceLine) -> Coverage {
        line.covers.contains(type) ? .always : line.coversWhenApproved.contains(type) ? .onRequest : .never
    }

    // MARK: Blocks

    private mutating func compareBlocks() {
        let topic = "blocks"
        switch (old.blocks, new.blocks) {
        case (nil, let sale?):
            add(
                topic,
                "Hours can now be bought ahead: \(sale.pricePerHour), from \(sale.minimum) in steps of \(sale.step), "
                    + "usable \(until(sale.expiry))\(sale.usableBeforePaid ? "" : " once they are paid for").")
        case (_?, nil):
            add(topic, "Hours can no longer be bought ahead. Those you have keep their price and their last day.")
        case (let before?, let after?):
            if before.pricePerHour != after.pricePerHour {
                add(topic, "An hour bought ahead goes \(move(before.pricePerHour, after.pricePerHour)).")
            }
            if before.minimum != after.minimum || before.step != after.step {
                add(topic, "Hours are now sold from \(after.minimum) in steps of \(after.step).")
            }
            if before.expiry != after.expiry {
                add(
                    topic,
                    "Hours bought from now on are usable \(until(after.expiry)) instead of \(until(before.expiry)).")
            }
            if before.usableBeforePaid != after.usableBeforePaid {
                add(
                    topic,
                    "Hours can be used \(after.usableBeforePaid ? "as soon as they are bought" : "once they are paid for")."
                )
            }
        case (nil, nil): break
        }
    }

    private func until(_ expiry: BlockExpiry) -> String {
        switch expiry {
        case .projectDone: "until their project is done"
        case .months(0): "until the end of the month of purchase"
        case .months(1): "until the end of the following month"
        case .months(let count): "until the end of month \(count) after the purchase"
        case .never: "without a last day"
        }
    }

    // MARK: Policies

    private mutating func compareIncrements() {
        let (a, b) = (old.policies.increment, new.policies.increment)
        guard a != b else { return }
        let words = Wording(TermsHistory(always: new))
        let after = b.map { "in \(words.increment($0))" } ?? "as it was worked, without rounding up"
        add("increment", "Time is now billed \(after).")
    }

    private mutating func compareMultipliers() {
        let (a, b) = (old.policies, new.policies)
        let topic = "multipliers"
        let isOutside = b.outsideHoursPercent != 100
        if a.outsideHoursPercent != b.outsideHoursPercent {
            add(
                topic,
                isOutside
                    ? "Work outside business hours now counts \(times(b.outsideHoursPercent))."
                    : "Work outside business hours no longer counts for more.")
        }
        if old.businessHours != new.businessHours, isOutside, let hours = new.businessHours {
            let days = Weekday.allCases.filter(hours.days.contains).map(name).joined(separator: ", ")
            let times = [hours.opens, hours.closes].map { "\(Hours(seconds: $0))" }.joined(separator: " to ")
            add("business hours", "Business hours are now \(times) on \(days).")
        }
        let isMultiplied = isOutside || new.workTypes.values.contains { $0.multiplierPercent != 100 }
        if a.multiplierTarget != b.multiplierTarget, isMultiplied {
            add(
                topic,
                b.multiplierTarget == .price
                    ? "Such work now raises the price of an hour, not the hours that it takes."
                    : "Such work now takes more hours instead of a higher price for each.")
        }
    }

    /// `Monday`.
    private func name(_ day: Weekday) -> String { day.rawValue.prefix(1).uppercased() + day.rawValue.dropFirst() }

    private mutating func compareOtherPolicies() {
        let words = Wording(TermsHistory(always: new))
        let (a, b) = (old.policies, new.policies)
        if a.tolerance != b.tolerance { add("tolerance", toleranceSentence(b.tolerance)) }
        if a.overageConsent != b.overageConsent {
            let after =
                switch b.overageConsent {
                case .allow: "your requests go on, and overage is charged"
                case .allowUpTo(let most): "your requests go on, and up to \(most) of overage a month is charged"
                case .ask: "overage is charged only where you approve it, request by request"
                case .stop: "no overage is charged: work stops until there are hours again"
                }
            add("when hours run out", "When your hours run out, \(after).")
        }
        if a.lateTime != b.lateTime {
            let after =
                switch b.lateTime {
                case .adjust: "is counted in its month, and the difference is on the next invoice"
                case .waive: "is not charged"
                case .refuse: "does not count"
                }
            add("late time", "Time logged after its month was closed \(after).")
        }
        if a.drawOrder != b.drawOrder { add("draw order", "Hours are now used \(words.drawOrder(b.drawOrder)).") }
        if a.firstPeriod != b.firstPeriod {
            add("first period", "A contract's first, partial month now has \(share(b.firstPeriod)).")
        }
        if a.upgrade != b.upgrade {
            let after =
                switch b.upgrade {
                case .nextPeriod: "from the next month"
                case .atOnce(let proration): "at once, with \(share(proration)) of the difference"
                }
            add("upgrade", "A bigger plan now holds \(after).")
        }
    }

    private func toleranceSentence(_ tolerance: Tolerance?) -> String {
        guard let tolerance else { return "Every minute over your hours is charged." }
        let margin =
            switch tolerance.margin {
            case .hours(let hours): "\(hours)"
            case .percent(let percent): "\(percent) % of the plan's hours"
            }
        let beyond = tolerance.beyond == .excess ? "only what goes beyond it is" : "beyond it, all of it is"
        return "Up to \(margin) over your hours is not charged; \(beyond)."
    }

    private func share(_ proration: Proration) -> String {
        switch proration {
        case .full: "the full fee and the full hours"
        case .prorateFee: "the fee of the days that are left and the full hours"
        case .prorateFeeAndHours: "the fee and the hours of the days that are left"
        }
    }

    // MARK: The rest

    private mutating func compareNegotiable() {
        for subject in Negotiable.allCases where old.negotiable.contains(subject) != new.negotiable.contains(subject) {
            let name =
                subject == .overageConsent
                ? "rule for when hours run out" : subject.rawValue.split(separator: "_").joined(separator: " ")
            let may = new.negotiable.contains(subject) ? "may now" : "may no longer"
            add("negotiable", "A contract \(may) set its own \(name).")
        }
    }

    private mutating func compareApproval() {
        guard old.approvalRequired != new.approvalRequired else { return }
        let after = new.approvalRequired ? "only once a second person has approved it" : "as soon as it is logged"
        add("approval", "Time now counts \(after).")
    }

    private mutating func compareLicensing() {
        let topic = "licensing"
        guard let after = new.licensing else {
            if old.licensing != nil { add(topic, "Licenses are no longer part of the terms.") }
            return
        }
        func billing(_ terms: LicensingTerms) -> [String] {
            LicensingTerms.Billing.allCases.filter(terms.billing.contains).map(\.rawValue)
        }
        if old.licensing.map(billing) != billing(after) {
            add(topic, "Licenses are now billed \(billing(after).joined(separator: " or ")).")
        }
        if old.licensing?.upgradesAreFree != after.upgradesAreFree {
            add(topic, "Upgrades are now \(after.upgradesAreFree ? "free while the license is current" : "paid for").")
        }
    }
}
