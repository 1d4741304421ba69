import Agreements
import Formats
import Values

/// Reads the terms, part by part. What is wrong is logged and left out, and reading goes on, so that one problem hides no
/// other; nobody sees what is left, because a file with a problem is refused.
struct TermsReader {
    let root: ConfigNode
    /// Nil where the file does not say: then nothing can be said about amounts.
    private let currency: Currency?
    private let listRate: HourlyRate?

    /// A reader of a document, or nil, logged, where it is none that this program reads.
    init?(_ root: ConfigNode) {
        guard root.requireMapping() else { return nil }
        if let node = root.required("mainstay_terms", "1"), let version = node.number(1...1_000_000),
            version != TermsFile.version
        {
            node.problem(
                "the file is of version \(version), and this program reads version \(TermsFile.version)",
                fix: "use a newer mainstay")
            return nil
        }
        self.root = root
        let currency = root.required("currency", "USD")?
            .value("USD, three capital letters") { Currency(code: $0) }
        self.currency = currency
        let list = root.required("list_rate", "165.00")
        listRate = currency.flatMap { list?.money($0) }.map { HourlyRate(perHour: $0) }
    }

    /// All of it, or nil where something it cannot be without is missing.
    var terms: Terms? {
        root.allow(
            "mainstay_terms", "name", "effective", "currency", "list_rate", "service_lines", "work_types", "plans",
            "blocks", "increment", "multipliers", "business_hours", "tolerance", "when_hours_run_out", "late_time",
            "draw_order",
            "first_period", "upgrade", "approval", "negotiable", "licensing", "recorded_at")
        let name = root.required("name", "Support terms")?.name("Support terms")
        let effective = root.required("effective", "2026-01-01")?.date()
        let workTypes = workTypes
        let serviceLines = serviceLines
        let plans = plans
        let blocks = part("blocks").flatMap(blocks)
        let businessHours = root.child("business_hours").flatMap(businessHours)
        let policies = policies
        let negotiable = root.child("negotiable")?.choices(Negotiable.self) ?? []
        let approval = root.child("approval")?.choice([("none", false), ("required", true)]) ?? false
        let licensing = part("licensing").flatMap(licensing)
        guard let name, let effective, let currency, let listRate else { return nil }
        var terms = Terms(
            name: name, effective: effective, currency: currency, listRate: listRate, serviceLines: serviceLines,
            workTypes: workTypes, plans: plans, blocks: blocks, policies: policies, negotiable: Set(negotiable),
            businessHours: businessHours, approvalRequired: approval, licensing: licensing)
        terms.recorded = root.child("recorded_at")?.value("an instant: 2026-01-15T09:00:00Z") { Instant($0) }
            .map { Moment(at: $0) }
        return terms
    }

    /// A part that may be left out, or be `none`.
    func part(_ key: String) -> ConfigNode? {
        root.child(key).flatMap { $0.isWord("none") ? nil : $0 }
    }

    private func rate(_ node: ConfigNode?) -> HourlyRate? { amount(node).map { HourlyRate(perHour: $0) } }

    private func amount(_ node: ConfigNode?) -> Money? { currency.flatMap { node?.money($0) } }

    // MARK: Work types, lines, plans

    private var workTypes: [WorkTypeID: WorkType] {
        var types: [WorkTypeID: WorkType] = [:]
        for (id, node) in named("work_types", "work type") {
            guard node.requireMapping() else { continue }
            node.allow("name", "charged", "list_rate", "blocks", "multiplier")
            let name = node.required("name", id)?.name(id)
            let isCharged =
                node.child("charged")?.choice([("yes", true), ("never", false), ("always", true), ("no", false)])
                ?? true
            let listRate = rate(node.child("list_rate"))
            let isPaidByBlocks = node.child("blocks")?.flag() ?? true
            let multiplier = node.child("multiplier").flatMap(TermsReader.percent) ?? 100
            if !isCharged {
                for key in ["list_rate", "multiplier"] {
                    node.child(key)?.problem("this work is never charged", fix: "remove it, or write charged: yes")
                }
            }
            guard let name else { continue }
            types[WorkTypeID(id)] = WorkType(
                name: name, isCharged: isCharged, listRate: listRate, isPaidByBlocks: isPaidByBlocks,
                multiplierPercent: multiplier)
        }
        return types
    }

    private var serviceLines: [ServiceLineID: ServiceLine] {
        let types = ids("work_types")
        var lines: [ServiceLineID: ServiceLine] = [:]
        for (id, node) in named("service_lines", "service line") {
            guard node.requireMapping() else { continue }
            node.allow("name", "about", "covers", "covers_when_approved")
            let name = node.required("name", id)?.name(id)
            let about = node.child("about")?.name("what the line is for", atMost: 1000) ?? ""
            func covered(_ list: ConfigNode?) -> [WorkTypeID] {
                list?.distinct { reference($0, "work type", types) } ?? []
            }
            let list = node.required("covers", "[\(types.min() ?? "research")]")
            let covers = covered(list)
            let onRequest = node.child("covers_when_approved")
            let whenApproved = covered(onRequest)
            for type in whenApproved where covers.contains(type) {
                onRequest?.problem("\"\(type)\" is covered anyway", fix: "name it in one of the two lists")
            }
            if let list, list.elements.isEmpty, onRequest == nil {
                list.problem("the line covers nothing", fix: "name at least one work type")
            }
            guard let name else { continue }
            lines[ServiceLineID(id)] = ServiceLine(
                name: name, covers: Set(covers), coversWhenApproved: Set(whenApproved), about: about)
        }
        return lines
    }

    private var plans: [PlanID: Plan] {
        let lines = ids("service_lines")
        var plans: [PlanID: Plan] = [:]
        for (id, node) in named("plans", "plan") {
            guard node.requireMapping() else { continue }
            node.allow("name", "service_line", "hours", "fee", "overage_rate", "overage_discount", "first_response")
            let name = node.required("name", id)?.name(id)
            let line: ServiceLineID? = node.required("service_line", lines.min() ?? "website-maintenance")
                .flatMap { reference($0, "service line", lines) }
            let hours = node.required("hours", "5")?.hours()
            let fee = amount(node.required("fee", "500.00"))
            let overage = overageRate(of: node)
            guard let name, let line, let hours, let fee else { continue }
            plans[PlanID(id)] = Plan(
                name: name, serviceLine: line, hours: hours, fee: fee, overageRate: overage,
                firstResponse: node.child("first_response")?.hours())
        }
        return plans
    }

    /// A plan's own rate, given as it is or as so much off the list rate.
    private func overageRate(of plan: ConfigNode) -> HourlyRate? {
        let rate = rate(plan.child("overage_rate"))
        guard let node = plan.child("overage_discount") else { return rate }
        if plan.child("overage_rate") != nil {
            plan.problem("it has both overage_rate and overage_discount", fix: "keep one of them")
        }
        guard let discount = amount(node), let list = listRate?.perHour else { return rate }
        guard discount.minorUnits <= list.minorUnits else {
            node.problem(
                "the discount of \(discount) is over the list rate of \(list)",
                fix: "write a discount of at most the list rate")
            return rate
        }
        return HourlyRate(perHour: Money(minorUnits: list.minorUnits - discount.minorUnits, list.currency))
    }

    // MARK: Ids

    /// The ids that a part defines, whether or not what they stand for can be read.
    private func ids(_ key: String) -> Set<String> {
        guard let node = root.child(key), node.isMapping else { return [] }
        return Set(node.entries("").map(\.name))
    }

    /// The entries of a required mapping by id; ids that cannot be one are logged.
    private func named(_ key: String, _ kind: String) -> [(name: String, node: ConfigNode)] {
        let example = "{\(kind.split(separator: " ").joined(separator: "-"))-1: {name: …}}"
        guard let node = root.required(key, example) else { return [] }
        let entries = node.entries(kind)
        if entries.isEmpty, node.isMapping { node.problem("there is none", fix: "define at least one \(kind)") }
        for (name, node) in entries where !TermsReader.isID(name) {
            node.problem(
                "\"\(excerpt(name))\" is no id",
                fix: "use up to 64 small letters a-z, digits and hyphens, as in care-2")
        }
        return entries
    }

    private static func isID(_ name: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...64).contains(name.utf8.count) && name.utf8.first.map(isLetterOrDigit) == true
            && name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// An id that must be defined. Where none is, that alone is the problem, and it is logged elsewhere.
    private func reference<Kind>(_ node: ConfigNode, _ kind: String, _ known: Set<String>) -> Identifier<Kind>? {
        guard let text = node.text("an id") else { return nil }
        if known.contains(text) { return Identifier(text) }
        if !known.isEmpty {
            node.problem(
                "there is no \(kind) \"\(excerpt(text))\"", fix: suggestion(for: text, among: Array(known)))
        }
        return nil
    }

    // MARK: Blocks, licensing, business hours

    private func blocks(_ node: ConfigNode) -> BlockTerms? {
        guard node.requireMapping() else { return nil }
        node.allow("price_per_hour", "minimum", "step", "expires", "usable")
        let price = rate(node.required("price_per_hour", "150.00"))
        let atLeast = Hours(0, 1)...Hours.limit
        let minimum = node.child("minimum").map { $0.hours(atLeast) } ?? Hours(5)
        let step = node.child("step").map { $0.hours(atLeast) } ?? Hours(5)
        if let minimum, let step, minimum.seconds % step.seconds != 0 {
            node.problem(
                "a minimum of \(minimum) cannot be bought in steps of \(step)",
                fix: "make the minimum a multiple of the step")
        }
        let expiry = node.child("expires").map(expiry) ?? .projectDone
        let usableBeforePaid = node.child("usable")?.choice([("on-issue", true), ("when-paid", false)]) ?? true
        guard let price, let minimum, let step, let expiry else { return nil }
        return BlockTerms(
            pricePerHour: price, minimum: minimum, step: step, expiry: expiry, usableBeforePaid: usableBeforePaid)
    }

    private func expiry(_ node: ConfigNode) -> BlockExpiry? {
        if node.isMapping, node.requireMapping() {
            node.allow("months")
            return node.required("months", "3")?.number(0...120).map { .months($0) }
        }
        return node.choice([("project-done", .projectDone), ("following-month", .months(1)), ("never", .never)])
    }

    private func licensing(_ node: ConfigNode) -> LicensingTerms? {
        guard node.requireMapping() else { return nil }
        node.allow("billing", "upgrades")
        let list = node.required("billing", "[monthly, annually]")
        let billing = list?.choices(LicensingTerms.Billing.self) ?? []
        if let list, list.elements.isEmpty {
            list.problem("there is no way of billing", fix: "write [monthly, annually], or one of them")
        }
        let upgrades = node.required("upgrades", "free-while-current")?
            .choice([("free-while-current", true), ("paid", false)])
        return upgrades.map { LicensingTerms(billing: billing, upgradesAreFree: $0) }
    }

    private func businessHours(_ node: ConfigNode) -> BusinessHours? {
        guard node.requireMapping() else { return nil }
        node.allow("days", "opens", "closes")
        let list = node.required("days", "[monday, tuesday, wednesday, thursday, friday]")
        let days = list?.choices(Weekday.self) ?? []
        if let list, list.elements.isEmpty { list.problem("there is no day", fix: "name at least one") }
        let opens = node.required("opens", "9:00").flatMap { TermsReader.secondOfDay($0, "9:00") }
        let closes = node.required("closes", "17:00").flatMap { TermsReader.secondOfDay($0, "17:00") }
        guard let opens, let closes else { return nil }
        guard opens < closes else {
            node.problem("they close at or before they open", fix: "write a closing time after the opening time")
            return nil
        }
        return BusinessHours(days: Set(days), opens: opens, closes: closes)
    }

    /// A time on the wall, in seconds since midnight; 24:00 is the end of the day.
    private static func secondOfDay(_ node: ConfigNode, _ example: String) -> Int? {
        node.value("\(example), a time from 0:00 to 24:00") { text in
            guard text.contains(":"), let time = Hours(text: text), time <= Hours(24) else { return nil }
            return time.seconds
        }
    }
}
