public import Agreements

/// Terms as a YAML file: see docs/terms.md for every key.
public enum TermsFile {
    /// The version of the format that this program reads.
    package static let version = 1

    /// Reads one version of the terms.
    ///
    /// - Throws: every problem of the file at once, each with its line.
    public static func read(_ bytes: [UInt8], file: String) throws(Problems) -> Terms {
        let log = ProblemLog(file: file)
        let terms = ConfigNode.document(bytes, log, subject: "terms").flatMap { TermsReader($0)?.terms }
        try log.throwIfAny()
        guard let terms else {
            throw Problems([Problem("terms", "the file cannot be read", fix: "see docs/terms.md", file: file)])
        }
        return terms
    }
}

/// Reads the parts of the terms. What is wrong is logged; a value that cannot be read is left out or stands at a default,
/// which nobody sees, because a file with a problem is refused.
struct TermsReader {
    private let root: ConfigNode
    private let currency: Currency
    private let listRate: HourlyRate

    init?(_ root: ConfigNode) {
        guard root.requireMapping() else { return nil }
        if let version = root.required("mainstay_terms", "1")?.number(1...1_000_000), version != TermsFile.version {
            root.problem(
                "it is of version \(version), and this program reads version \(TermsFile.version)",
                fix: "use a newer mainstay, or write mainstay_terms: \(TermsFile.version)")
            return nil
        }
        self.root = root
        currency = root.required("currency", "USD")?.value("USD") { Currency(code: $0) } ?? .usd
        listRate = HourlyRate(perHour: root.required("list_rate", "165.00")?.money(currency) ?? .zero(currency))
    }

    var terms: Terms? {
        root.allow(
            "mainstay_terms", "name", "effective", "currency", "list_rate", "service_lines", "work_types", "plans",
            "blocks", "increments", "multipliers", "business_hours", "tolerance", "late_time", "draw_order",
            "first_period", "upgrade", "approval", "negotiable", "licensing")
        let workTypes = workTypes
        let serviceLines = serviceLines(workTypes)
        let plans = plans(serviceLines)
        let businessHours = businessHours
        let multipliers = root.child("multipliers")
        multipliers?.allow("weigh", "outside_business_hours")
        let outside = multipliers?.child("outside_business_hours")
        if let outside, businessHours == nil {
            outside.problem("there are no business hours to be outside of", fix: "add business_hours")
        }
        let policies = Policies(
            increment: root.child("increments").flatMap { TermsReader.increment($0) },
            multiplierTarget: multipliers?.child("weigh")?.choice(MultiplierTarget.self) ?? .price,
            outsideHoursPercent: outside.flatMap(percent) ?? 100,
            tolerance: root.child("tolerance").flatMap { TermsReader.tolerance($0) },
            lateTime: root.child("late_time")?.choice(LateTime.self) ?? .adjust,
            drawOrder: root.child("draw_order")?.choice(DrawOrder.self) ?? .bestForClient,
            firstPeriod: root.child("first_period")?.choice(Proration.self) ?? .full,
            upgrade: root.child("upgrade")?.choice(TermsReader.upgrades) ?? .atOnce(.full))
        let approval = root.child("approval")?.choice([("none", false), ("required", true)]) ?? false
        let name = root.required("name", "Support terms")?.text("Support terms") ?? ""
        guard let effective = root.required("effective", "2026-01-01")?.date() else { return nil }
        return Terms(
            name: name, effective: effective, currency: currency, listRate: listRate, serviceLines: serviceLines,
            workTypes: workTypes, plans: plans, blocks: root.child("blocks").flatMap(blocks), policies: policies,
            negotiable: Set(root.child("negotiable")?.elements.compactMap { $0.choice(Negotiable.self) } ?? []),
            businessHours: businessHours, approvalRequired: approval,
            licensing: root.child("licensing").flatMap(licensing))
    }

    // MARK: Lines, types, plans

    private var workTypes: [WorkTypeID: WorkType] {
        var types: [WorkTypeID: WorkType] = [:]
        for (name, node) in named("work_types", "work type") {
            guard node.requireMapping() else { continue }
            node.allow("name", "charged", "list_rate", "blocks", "multiplier")
            types[WorkTypeID(name)] = WorkType(
                name: node.required("name", name)?.text(name) ?? name,
                isCharged: node.child("charged")?.choice([
                    ("yes", true), ("always", true), ("never", false), ("no", false),
                ])
                    ?? true,
                listRate: node.child("list_rate")?.money(currency).map { HourlyRate(perHour: $0) },
                isPaidByBlocks: node.child("blocks")?.flag() ?? true,
                multiplierPercent: node.child("multiplier").flatMap(percent) ?? 100)
        }
        return types
    }

    private func serviceLines(_ types: [WorkTypeID: WorkType]) -> [ServiceLineID: ServiceLine] {
        var lines: [ServiceLineID: ServiceLine] = [:]
        for (name, node) in named("service_lines", "service line") {
            guard node.requireMapping() else { continue }
            node.allow("name", "about", "covers", "covers_when_approved")
            func read(_ node: ConfigNode?) -> Set<WorkTypeID> {
                Set((node?.elements ?? []).compactMap { reference($0, "work type", Set(types.keys)) })
            }
            lines[ServiceLineID(name)] = ServiceLine(
                name: node.required("name", name)?.text(name) ?? name,
                covers: read(node.required("covers", "[\(types.keys.min()?.text ?? "research")]")),
                coversWhenApproved: read(node.child("covers_when_approved")),
                about: node.child("about")?.text("what the line is for") ?? "")
        }
        return lines
    }

    private func plans(_ lines: [ServiceLineID: ServiceLine]) -> [PlanID: Plan] {
        var plans: [PlanID: Plan] = [:]
        for (name, node) in named("plans", "plan") {
            guard node.requireMapping() else { continue }
            node.allow("name", "service_line", "hours", "fee", "overage_rate", "overage_discount")
            var rate = node.child("overage_rate")?.money(currency)
            if let discount = node.child("overage_discount")?.money(currency) {
                if rate != nil {
                    node.problem("it has both overage_rate and overage_discount", fix: "keep one of them")
                } else if discount.minorUnits > listRate.perHour.minorUnits {
                    node.problem(
                        "the discount of \(discount) is over the list rate of \(listRate.perHour)",
                        fix: "write a discount of at most the list rate")
                } else {
                    rate = Money(minorUnits: listRate.perHour.minorUnits - discount.minorUnits, currency)
                }
            }
            let line = node.required("service_line", lines.keys.min()?.text ?? "website-maintenance")
            guard let line = line.flatMap({ reference($0, "service line", Set(lines.keys)) }),
                let hours = node.required("hours", "5")?.hours(),
                let fee = node.required("fee", "500.00")?.money(currency)
            else { continue }
            plans[PlanID(name)] = Plan(
                name: node.required("name", name)?.text(name) ?? name, serviceLine: line, hours: hours, fee: fee,
                overageRate: rate.map { HourlyRate(perHour: $0) })
        }
        return plans
    }

    /// The entries of a required mapping by id; ids that cannot be one are logged.
    private func named(_ key: String, _ kind: String) -> [(name: String, node: ConfigNode)] {
        guard let node = root.required(key, "…") else { return [] }
        let entries = node.entries(kind)
        if entries.isEmpty, node.requireMapping() { node.problem("there is none", fix: "define at least one \(kind)") }
        for (name, node) in entries where !TermsReader.isName(name) {
            node.problem(
                "\"\(name.prefix(40))\" is no id", fix: "use small letters, digits and hyphens, as in care-2")
        }
        return entries
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
                    || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }

    private func reference<Kind>(
        _ node: ConfigNode, _ kind: String, _ known: Set<Identifier<Kind>>
    ) -> Identifier<Kind>? {
        guard let text = node.text("an id") else { return nil }
        if known.contains(Identifier(text)) { return Identifier(text) }
        node.problem("there is no \(kind) \"\(text.prefix(60))\"", fix: suggestion(for: text, among: known.map(\.text)))
        return nil
    }

    // MARK: Blocks and policies

    private func blocks(_ node: ConfigNode) -> BlockTerms? {
        guard node.requireMapping() else { return nil }
        node.allow("price_per_hour", "minimum", "step", "expires", "usable")
        let minimum = node.child("minimum")?.hours() ?? Hours(5)
        let step = node.child("step")?.hours() ?? Hours(5)
        if step <= .zero { node.problem("the step is \(step)", fix: "write a step of a minute or more") }
        if minimum < step || (step > .zero && minimum.seconds % step.seconds != 0) {
            node.problem("the minimum of \(minimum) is no multiple of the step of \(step)", fix: "make it one")
        }
        guard let price = node.required("price_per_hour", "150.00")?.money(currency) else { return nil }
        return BlockTerms(
            pricePerHour: HourlyRate(perHour: price), minimum: minimum, step: step,
            expiry: node.child("expires").flatMap(expiry) ?? .projectDone,
            usableBeforePaid: node.child("usable")?.choice([("on-issue", true), ("when-paid", false)]) ?? true)
    }

    private func expiry(_ node: ConfigNode) -> BlockExpiry? {
        if let months = node.child("months") {
            node.allow("months")
            return months.number(0...120).map { .months($0) }
        }
        return node.choice([("project-done", .projectDone), ("following-month", .months(1)), ("never", .never)])
    }

    static let upgrades: [(name: String, value: Upgrade)] = [
        ("at-once", .atOnce(.full)), ("at-once-prorate-fee", .atOnce(.prorateFee)),
        ("at-once-prorate-fee-and-hours", .atOnce(.prorateFeeAndHours)), ("next-period", .nextPeriod),
    ]

    private static func increment(_ node: ConfigNode) -> Increment? {
        guard node.requireMapping() else { return nil }
        node.allow("step", "per", "minimum", "may_cause_overage")
        guard let step = node.required("step", "30m")?.hours(),
            let group = node.required("per", "request-and-day")?.choice(Increment.Group.self)
        else { return nil }
        if step <= .zero || step > Hours(24) {
            node.problem("the step is \(step)", fix: "write a step between a minute and a day")
        }
        let minimum = node.child("minimum")?.hours() ?? .zero
        return Increment(
            step: max(step, Hours(seconds: 1)), group: group, minimum: minimum,
            mayCauseOverage: node.child("may_cause_overage")?.flag() ?? true)
    }

    private static func tolerance(_ node: ConfigNode) -> Tolerance? {
        guard node.requireMapping() else { return nil }
        node.allow("hours", "percent", "beyond")
        let beyond = node.child("beyond")?.choice(Tolerance.Beyond.self) ?? .excess
        let hours = node.child("hours")?.hours()
        let percent = node.child("percent")?.number(0...100)
        switch (hours, percent) {
        case (let hours?, nil): return Tolerance(margin: .hours(hours), beyond: beyond)
        case (nil, let percent?): return Tolerance(margin: .percent(percent), beyond: beyond)
        default:
            node.problem("it needs either hours or percent", fix: "write one of them, as in percent: 5")
            return nil
        }
    }

    private var businessHours: BusinessHours? {
        guard let node = root.child("business_hours"), node.requireMapping() else { return nil }
        node.allow("days", "opens", "closes")
        let days = Set(
            node.required("days", "[monday, tuesday]")?.elements.compactMap { $0.choice(Weekday.self) } ?? [])
        func clock(_ key: String, _ example: String) -> Int? {
            node.required(key, "\"\(example)\"")?.value("\"\(example)\"") { text in
                let clock = Hours(text: text)
                return text.contains(":") && clock.map { $0 <= Hours(24) } == true ? clock?.seconds : nil
            }
        }
        guard let opens = clock("opens", "09:00"), let closes = clock("closes", "17:00") else { return nil }
        if closes <= opens {
            node.problem("they close at or before they open", fix: "write a closing time after the opening time")
        }
        return BusinessHours(days: days, opens: opens, closes: closes)
    }

    private func licensing(_ node: ConfigNode) -> LicensingTerms? {
        guard node.requireMapping() else { return nil }
        node.allow("billing", "upgrades")
        return LicensingTerms(
            billing: node.required("billing", "[monthly, annually]")?.elements.compactMap {
                $0.choice(LicensingTerms.Billing.self)
            } ?? [],
            upgradesAreFree: node.child("upgrades")?.choice([("free-while-current", true), ("paid", false)]) ?? true)
    }

    /// A multiplier such as 1.5, in hundredths.
    private func percent(_ node: ConfigNode) -> Int? {
        node.value("1.5, in steps of 0.01 from 0.01 to 10") { text in
            let decimals = text.firstIndex(of: ".").map { text[$0...].count - 1 } ?? 0
            guard decimals <= 2, !text.contains(","), let percent = decimal(Array(text.utf8)[...], unitsPerWhole: 100),
                (1...1000).contains(percent)
            else { return nil }
            return percent
        }
    }
}
