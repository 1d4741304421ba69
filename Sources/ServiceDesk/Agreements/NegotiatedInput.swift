package import Agreements
import Exchange
import Formats
package import Values

/// What a contract sets otherwise than the terms, as somebody types it: the same words at the command line, in the API and on
/// the page, which are those of the terms' files.
package struct NegotiatedInput: Hashable, Sendable {
    /// One thing that can be said. The raw value is its name in the API and on the page.
    package enum Field: String, CaseIterable, Sendable {
        case overageRate = "overage_rate"
        case hours = "hours"
        case fee = "fee"
        case increment = "increment"
        case incrementPer = "increment_per"
        case incrementMinimum = "increment_minimum"
        case roundingMayCauseOverage = "rounding_may_cause_overage"
        case tolerance = "tolerance"
        case toleranceBeyond = "tolerance_beyond"
        case overageConsent = "when_hours_run_out"
        case lateTime = "late_time"
        case drawOrder = "draw_order"
        case firstPeriod = "first_period"
        case upgrade = "upgrade"
    }

    /// What takes an increment or a tolerance of the terms away.
    package static let none = "none"

    /// The words for what happens when hours run out, beside so many hours.
    package static let consents: [(name: String, value: OverageConsent)] = [
        ("allow", .allow), ("ask", .ask), ("stop", .stop),
    ]

    /// The words for when an upgrade takes effect.
    package static var upgrades: [String] { Upgrade.named.map(\.name) }

    /// What was typed, without what was left out.
    package let texts: [Field: String]

    package init(_ texts: [Field: String?] = [:]) {
        self.texts = texts.compactMapValues { $0?.filter { $0 != " " }.lowercased() }
    }

    /// What is meant.
    ///
    /// - Throws: everything that is wrong; the subject of each problem is the field's name.
    package func terms(
        of contract: ContractID, from: CivilDate, _ currency: Currency
    ) throws(Problems) -> NegotiatedTerms {
        var reading = Reading(texts: texts)
        // When it is recorded is known when it is.
        var terms = NegotiatedTerms(contract: contract, from: from, recordedAt: Instant(seconds: 0))
        terms.overageRate = reading.value(.overageRate, "write an amount: 120.00") { Money(text: $0, currency) }.map {
            HourlyRate(perHour: $0)
        }
        terms.hours = reading.hours(.hours, .zero...Hours.limit)
        terms.fee = reading.value(.fee, "write an amount: 650.00") { Money(text: $0, currency) }
        terms.increment = reading.increment()
        terms.tolerance = reading.tolerance()
        terms.overageConsent = reading.value(
            .overageConsent, "write allow, ask, stop, or so many hours of overage a month: 2:00"
        ) { text in
            NegotiatedInput.consents.first { $0.name == text }?.value
                ?? Hours(text: text).flatMap { $0 > .zero ? .allowUpTo($0) : nil }
        }
        terms.lateTime = reading.word(.lateTime)
        terms.drawOrder = reading.word(.drawOrder)
        terms.firstPeriod = reading.word(.firstPeriod)
        terms.upgrade = reading.value(.upgrade, "write \(NegotiatedInput.list(NegotiatedInput.upgrades))") { text in
            Upgrade.named.first { $0.name == text }?.value
        }
        guard reading.problems.isEmpty else { throw Problems(reading.problems) }
        return terms
    }

    fileprivate static func list(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or \(words[words.count - 1])"
    }
}

/// Reads field after field, and gathers what is wrong.
private struct Reading {
    var texts: [NegotiatedInput.Field: String]
    var problems: [Problem] = []

    private mutating func refuse(_ field: NegotiatedInput.Field, _ message: String, _ fix: String) {
        problems.append(Problem(field.rawValue, message, fix: fix))
    }

    mutating func value<Value>(_ field: NegotiatedInput.Field, _ fix: String, _ read: (String) -> Value?) -> Value? {
        guard let text = texts[field] else { return nil }
        let value = read(text)
        if value == nil { refuse(field, "\"\(text)\" is none", fix) }
        return value
    }

    mutating func word<Value: RawRepresentable<String> & CaseIterable>(_ field: NegotiatedInput.Field) -> Value? {
        value(field, "write \(NegotiatedInput.list(Value.allCases.map(\.rawValue)))") { Value(rawValue: $0) }
    }

    mutating func hours(_ field: NegotiatedInput.Field, _ range: ClosedRange<Hours>) -> Hours? {
        let fix = range.upperBound == .limit ? "write 6:30" : "write \(range.lowerBound) to \(range.upperBound)"
        return value(field, fix) { text in Hours(text: text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// The steps of billing; `.some(nil)` where they are taken away.
    mutating func increment() -> Increment?? {
        let parts: [NegotiatedInput.Field] = [.incrementPer, .incrementMinimum, .roundingMayCauseOverage]
        guard let text = texts[.increment], text != NegotiatedInput.none else {
            for part in parts where texts[part] != nil {
                refuse(part, "there is no increment that it could be about", "give an increment too: 0:15")
            }
            return texts[.increment] == nil ? nil : .some(nil)
        }
        let step = hours(.increment, Hours(0, 1)...Hours(24))
        let group: Increment.Group? = word(.incrementPer)
        if texts[.incrementPer] == nil {
            let words = Increment.Group.allCases.map(\.rawValue)
            refuse(.incrementPer, "what is rounded up as one is missing", "write \(NegotiatedInput.list(words))")
        }
        let minimum = hours(.incrementMinimum, .zero...Hours(24))
        let mayCauseOverage = value(.roundingMayCauseOverage, "write yes or no") { text in
            ["yes": true, "no": false][text]
        }
        guard let step, let group else { return nil }
        return .some(
            Increment(step: step, group: group, minimum: minimum ?? .zero, mayCauseOverage: mayCauseOverage ?? true))
    }

    /// The margin; `.some(nil)` where it is taken away.
    mutating func tolerance() -> Tolerance?? {
        guard let text = texts[.tolerance], text != NegotiatedInput.none else {
            if texts[.toleranceBeyond] != nil {
                refuse(.toleranceBeyond, "there is no tolerance that it could be about", "give a tolerance too: 5%")
            }
            return texts[.tolerance] == nil ? nil : .some(nil)
        }
        let margin = value(.tolerance, "write hours or a share of the plan's hours, 0:15 or 5%, or none") { text in
            if text.hasSuffix("%") {
                return Int(text.dropLast()).flatMap { (1...100).contains($0) ? Tolerance.Margin.percent($0) : nil }
            }
            return Hours(text: text).flatMap { $0 > .zero ? .hours($0) : nil }
        }
        let beyond: Tolerance.Beyond? = word(.toleranceBeyond)
        return margin.map { .some(Tolerance(margin: $0, beyond: beyond ?? .excess)) }
    }
}

/// What a contract sets otherwise than the terms, in a few words.
package enum NegotiatedText {
    package static func text(_ terms: NegotiatedTerms) -> String {
        var parts: [String] = []
        if let rate = terms.overageRate { parts.append("overage at \(rate)") }
        if let hours = terms.hours { parts.append("\(hours) a month") }
        if let fee = terms.fee { parts.append("a fee of \(fee)") }
        if let increment = terms.increment { parts.append(text(increment)) }
        if let tolerance = terms.tolerance { parts.append(text(tolerance)) }
        if let consent = terms.overageConsent { parts.append("when hours run out: \(text(consent))") }
        if let lateTime = terms.lateTime { parts.append("late time: \(lateTime.rawValue)") }
        if let drawOrder = terms.drawOrder { parts.append("draw order: \(drawOrder.rawValue)") }
        if let firstPeriod = terms.firstPeriod { parts.append("first month: \(firstPeriod.rawValue)") }
        if let upgrade = terms.upgrade {
            let name = Upgrade.named.first { $0.value == upgrade }?.name ?? "\(upgrade)"
            parts.append("an upgrade in mid-month: \(name)")
        }
        return parts.joined(separator: ", ")
    }

    private static func text(_ increment: Increment?) -> String {
        guard let increment else { return "time billed to the second" }
        return "time billed in steps of \(increment.step) for each \(increment.group.rawValue)"
            + (increment.minimum > .zero ? ", at least \(increment.minimum)" : "")
            + (increment.mayCauseOverage ? "" : ", rounding alone never charged")
    }

    private static func text(_ tolerance: Tolerance?) -> String {
        guard let tolerance else { return "no tolerance" }
        let margin =
            switch tolerance.margin {
            case .hours(let hours): "\(hours)"
            case .percent(let percent): "\(percent)% of the hours"
            }
        return "a tolerance of \(margin), beyond it \(tolerance.beyond.rawValue)"
    }

    private static func text(_ consent: OverageConsent) -> String {
        switch consent {
        case .allowUpTo(let most): "allow up to \(most)"
        default: NegotiatedInput.consents.first { $0.value == consent }?.name ?? "\(consent)"
        }
    }
}
