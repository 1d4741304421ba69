package import Agreements
import Formats
import Values

extension TermsReader {
    /// What a contract may set otherwise, and the terms' own value of it.
    var policies: Policies {
        let multipliers = root.child("multipliers").flatMap { $0.requireMapping() ? $0 : nil }
        multipliers?.allow("weigh", "outside_business_hours")
        return Policies(
            increment: part("increment").flatMap(TermsReader.increment),
            multiplierTarget: multipliers?.child("weigh")?.choice(MultiplierTarget.self) ?? .price,
            outsideHoursPercent: multipliers?.child("outside_business_hours").flatMap(outsideHours) ?? 100,
            tolerance: part("tolerance").flatMap(TermsReader.tolerance),
            overageConsent: root.child("when_hours_run_out").flatMap(TermsReader.overageConsent) ?? .allow,
            lateTime: root.child("late_time")?.choice(LateTime.self) ?? .adjust,
            drawOrder: root.child("draw_order")?.choice(DrawOrder.self) ?? .bestForClient,
            firstPeriod: root.child("first_period")?.choice(Proration.self) ?? .full,
            upgrade: root.child("upgrade")?.choice(TermsReader.upgrades) ?? .atOnce(.full))
    }

    /// The words for when an upgrade takes effect, and what it costs and gives.
    static let upgrades: [(name: String, value: Upgrade)] = [
        ("at-once", .atOnce(.full)), ("at-once-prorate-fee", .atOnce(.prorateFee)),
        ("at-once-prorate-fee-and-hours", .atOnce(.prorateFeeAndHours)), ("next-period", .nextPeriod),
    ]

    /// The words for what happens when hours run out; a limit is an object instead.
    static let overageConsents: [(name: String, value: OverageConsent)] = [
        ("allow", .allow), ("ask", .ask), ("stop", .stop),
    ]

    private static func overageConsent(_ node: ConfigNode) -> OverageConsent? {
        guard node.isMapping, node.requireMapping() else { return node.choice(overageConsents) }
        node.allow("allow_up_to")
        return node.required("allow_up_to", "2:00")?.hours(Hours(0, 1)...Hours.limit).map { .allowUpTo($0) }
    }

    private static func increment(_ node: ConfigNode) -> Increment? {
        guard node.requireMapping() else { return nil }
        node.allow("step", "per", "minimum", "may_cause_overage")
        let step = node.required("step", "30m")?.hours(Hours(0, 1)...Hours(24))
        let group = node.required("per", "request-and-day")?.choice(Increment.Group.self)
        let minimum = node.child("minimum")?.hours(.zero...Hours(24)) ?? .zero
        let mayCauseOverage = node.child("may_cause_overage")?.flag() ?? true
        guard let step, let group else { return nil }
        return Increment(step: step, group: group, minimum: minimum, mayCauseOverage: mayCauseOverage)
    }

    private static func tolerance(_ node: ConfigNode) -> Tolerance? {
        guard node.requireMapping() else { return nil }
        node.allow("hours", "percent", "beyond")
        let beyond = node.required("beyond", "excess")?.choice(Tolerance.Beyond.self)
        let margin: Tolerance.Margin?
        switch (node.child("hours"), node.child("percent")) {
        case (let hours?, nil): margin = hours.hours(Hours(0, 1)...Hours.limit).map { .hours($0) }
        case (nil, let percent?): margin = percent.number(1...100).map { .percent($0) }
        case (nil, nil):
            node.problem("it has neither hours nor percent", fix: "write one of them, as in percent: 5")
            return nil
        default:
            node.problem("it has both hours and percent", fix: "keep one of them")
            return nil
        }
        guard let margin, let beyond else { return nil }
        return Tolerance(margin: margin, beyond: beyond)
    }

    /// The multiplier outside business hours. It never makes time cheaper, and needs hours to be outside of.
    private func outsideHours(_ node: ConfigNode) -> Int? {
        if root.child("business_hours") == nil {
            node.problem("there are no business hours to be outside of", fix: "add business_hours")
        }
        guard let percent = TermsReader.percent(node) else { return nil }
        if percent < 100 { node.problem("time outside business hours is never cheaper", fix: "write 1.00 or more") }
        return percent
    }

    /// A multiplier such as 1.5, in hundredths.
    static func percent(_ node: ConfigNode) -> Int? {
        guard let text = node.text("1.5") else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            node.problem("\"\(excerpt(text))\" is no multiplier", fix: "write a plain number such as 1.5")
            return nil
        }
        if parts.count == 2, parts[1].utf8.count > 2 {
            node.problem("\(excerpt(text)) is finer than steps of 0.01", fix: "write at most two decimals")
            return nil
        }
        guard let percent = decimal(Array(text.utf8)[...], unitsPerWhole: 100), (1...1000).contains(percent) else {
            node.problem("\(excerpt(text)) is out of range", fix: "write 0.01 to 10")
            return nil
        }
        return percent
    }
}

extension Upgrade {
    /// All of them, with their words in terms.
    package static let named: [(name: String, value: Upgrade)] = TermsReader.upgrades
}
