public import Agreements

/// What a new version of the terms changes for a client.
public struct TermsDifference: Hashable, Sendable {
    /// One change.
    public struct Change: Hashable, Sendable {
        /// What it is about: `plan care-2`.
        public var topic: String
        /// The change in a sentence.
        public var sentence: String
    }

    /// The changes: prices first, then plans, coverage and the rest.
    public private(set) var changes: [Change] = []

    /// What changes from one version to the next.
    public init(from old: Terms, to new: Terms) {
        if old.listRate != new.listRate {
            add(
                "list rate",
                "\(rose(old.listRate.perHour, new.listRate.perHour)): an hour over your hours, or without a plan, "
                    + "goes from \(old.listRate) to \(new.listRate).")
        }
        compareWorkTypes(old, new)
        comparePlans(old, new)
        compareCoverage(old, new)
        compareBlocks(old.blocks, new.blocks)
        comparePolicies(old, new)
        compareRest(old, new)
    }

    private mutating func add(_ topic: String, _ sentence: String) {
        changes.append(Change(topic: topic, sentence: sentence))
    }

    private func rose(_ old: Money, _ new: Money) -> String {
        new.minorUnits > old.minorUnits ? "Dearer" : "Cheaper"
    }

    private mutating func compareWorkTypes(_ old: Terms, _ new: Terms) {
        for id in Set(old.workTypes.keys).union(new.workTypes.keys).sorted() {
            let topic = "work type \(id)"
            switch (old.workTypes[id], new.workTypes[id]) {
            case (nil, let type?):
                add(topic, "\(type.name) is a new kind of work" + (type.isCharged ? "." : ", never charged."))
            case (let type?, nil): add(topic, "\(type.name) is no kind of work of its own any more.")
            case (let before?, let after?):
                if before.isCharged != after.isCharged {
                    add(topic, "\(after.name) is \(after.isCharged ? "now charged" : "no longer charged").")
                }
                let (a, b) = (before.listRate ?? old.listRate, after.listRate ?? new.listRate)
                if a != b, before.listRate != nil || after.listRate != nil {
                    add(topic, "\(after.name) without a plan goes from \(a) to \(b).")
                }
                if before.isPaidByBlocks != after.isPaidByBlocks {
                    add(
                        topic,
                        "Hours bought ahead \(after.isPaidByBlocks ? "now pay" : "no longer pay") for \(after.name).")
                }
                if before.multiplierPercent != after.multiplierPercent {
                    add(
                        topic,
                        "\(after.name) now weighs \(after.multiplierPercent) % instead of "
                            + "\(before.multiplierPercent) %.")
                }
            case (nil, nil): break
            }
        }
    }

    private mutating func comparePlans(_ old: Terms, _ new: Terms) {
        for id in Set(old.plans.keys).union(new.plans.keys).sorted() {
            let topic = "plan \(id)"
            switch (old.plans[id], new.plans[id]) {
            case (nil, let plan?): add(topic, "New plan \(plan.name): \(plan.hours) a month for \(plan.fee).")
            case (let plan?, nil): add(topic, "Plan \(plan.name) is no longer offered.")
            case (let before?, let after?):
                if before.hours != after.hours {
                    add(topic, "\(after.name) includes \(after.hours) a month instead of \(before.hours).")
                }
                if before.fee != after.fee {
                    add(topic, "\(after.name) costs \(after.fee) a month instead of \(before.fee).")
                }
                let (a, b) = (before.overageRate ?? old.listRate, after.overageRate ?? new.listRate)
                if a != b {
                    add(topic, "Over the hours of \(after.name), an hour costs \(b.perHour) instead of \(a.perHour).")
                }
            case (nil, nil): break
            }
        }
    }

    private mutating func compareCoverage(_ old: Terms, _ new: Terms) {
        for id in Set(old.serviceLines.keys).union(new.serviceLines.keys).sorted() {
            let topic = "service line \(id)"
            switch (old.serviceLines[id], new.serviceLines[id]) {
            case (nil, let line?): add(topic, "New line of service: \(line.name).")
            case (let line?, nil): add(topic, "\(line.name) is no longer offered.")
            case (let before?, let after?):
                for type in before.covers.union(after.covers).union(before.coversWhenApproved).union(
                    after.coversWhenApproved
                )
                .sorted() {
                    let name = new.workTypes[type]?.name ?? old.workTypes[type]?.name ?? type.text
                    let (a, b) = (coverage(before, type), coverage(after, type))
                    if a != b { add(topic, "\(after.name): \(name) is now \(b) (before: \(a)).") }
                }
            case (nil, nil): break
            }
        }
    }

    private func coverage(_ line: ServiceLine, _ type: WorkTypeID) -> String {
        if line.covers.contains(type) { return "covered" }
        return line.coversWhenApproved.contains(type) ? "covered where you asked for it" : "not covered"
    }

    private mutating func compareBlocks(_ old: BlockTerms?, _ new: BlockTerms?) {
        let topic = "blocks"
        switch (old, new) {
        case (nil, let sale?):
            add(
                topic,
                "Hours can now be bought ahead: \(sale.pricePerHour), from \(sale.minimum) in steps of \(sale.step), "
                    + "\(expiry(sale.expiry)).")
        case (_?, nil):
            add(topic, "Hours can no longer be bought ahead. Those you have keep their price and their last day.")
        case (let before?, let after?):
            if before.pricePerHour != after.pricePerHour {
                add(topic, "Hours bought ahead cost \(after.pricePerHour) instead of \(before.pricePerHour).")
            }
            if before.minimum != after.minimum || before.step != after.step {
                add(topic, "Hours are now sold from \(after.minimum) in steps of \(after.step).")
            }
            if before.expiry != after.expiry {
                add(
                    topic,
                    "Hours bought from now on can be used \(expiry(after.expiry)) instead of \(expiry(before.expiry)).")
            }
            if before.usableBeforePaid != after.usableBeforePaid {
                add(topic, "Hours can be used \(after.usableBeforePaid ? "at once" : "only once they are paid for").")
            }
        case (nil, nil): break
        }
    }

    private func expiry(_ expiry: BlockExpiry) -> String {
        switch expiry {
        case .projectDone: "until their project is done"
        case .months(1): "until the end of the following month"
        case .months(let count): "until the end of the month \(count) months after the purchase"
        case .never: "for ever"
        }
    }

    private mutating func comparePolicies(_ old: Terms, _ new: Terms) {
        let words = Wording(TermsHistory(always: new))
        let (a, b) = (old.policies, new.policies)
        if a.increment != b.increment {
            let after = b.increment.map { "in \(words.increment($0))" } ?? "as it was worked, without rounding up"
            add("increments", "Time is now billed \(after).")
        }
        if a.outsideHoursPercent != b.outsideHoursPercent || a.multiplierTarget != b.multiplierTarget
            || old.businessHours != new.businessHours
        {
            let what = b.multiplierTarget == .price ? "the price" : "the hours"
            add("business hours", "Outside business hours \(what) now count \(b.outsideHoursPercent) %.")
        }
        if a.tolerance != b.tolerance {
            let margin: String? = b.tolerance.map {
                switch $0.margin {
                case .hours(let hours): "\(hours)"
                case .percent(let percent): "\(percent) % of the plan's hours"
                }
            }
            add(
                "tolerance",
                margin.map { "Up to \($0) over your hours is not charged." }
                    ?? "Every minute over your hours is charged.")
        }
        if a.lateTime != b.lateTime {
            let after =
                switch b.lateTime {
                case .adjust: "is counted in its month and adjusted on the next invoice"
                case .waive: "is not charged"
                case .refuse: "does not count"
                }
            add("late time", "Time logged after its month was closed \(after).")
        }
        if a.drawOrder != b.drawOrder { add("draw order", "Hours are now used \(words.drawOrder(b.drawOrder)).") }
        if a.firstPeriod != b.firstPeriod {
            add("first period", "A contract's first, partial month is now billed: \(b.firstPeriod.rawValue).")
        }
        if a.upgrade != b.upgrade {
            let after =
                switch b.upgrade {
                case .nextPeriod: "from the next month"
                case .atOnce(.full): "at once, for the full difference"
                case .atOnce: "at once, for the days left"
                }
            add("upgrade", "A bigger plan now holds \(after).")
        }
    }

    private mutating func compareRest(_ old: Terms, _ new: Terms) {
        for subject in Negotiable.allCases where old.negotiable.contains(subject) != new.negotiable.contains(subject) {
            let name = subject.rawValue.split(separator: "_").joined(separator: " ")
            add(
                "negotiable",
                "Your contract \(new.negotiable.contains(subject) ? "may now" : "may no longer") set its own \(name).")
        }
        if old.approvalRequired != new.approvalRequired {
            add(
                "approval",
                "Time counts \(new.approvalRequired ? "only once it is approved" : "as soon as it is logged").")
        }
        if old.licensing != new.licensing {
            add(
                "licensing",
                new.licensing.map {
                    "Licenses are billed \($0.billing.map(\.rawValue).joined(separator: " or ")), upgrades "
                        + ($0.upgradesAreFree ? "free while current." : "sold separately.")
                } ?? "Licenses are no longer part of the terms.")
        }
    }
}
