import Agreements
import Formats
import Foundation
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("What a contract sets otherwise than the terms")
struct NegotiateTests {
    /// One text for each field.
    static let texts: [NegotiatedInput.Field: String] = [
        .overageRate: "120.50", .hours: "6:30", .fee: "650", .increment: "0:15", .incrementPer: "request-and-day",
        .incrementMinimum: "0:30", .roundingMayCauseOverage: "no", .tolerance: "5%", .toleranceBeyond: "all",
        .overageConsent: "2:00", .lateTime: "waive", .drawOrder: "soonest-expiry", .firstPeriod: "prorate-fee",
        .upgrade: "next-period",
    ]

    private func terms(_ texts: [NegotiatedInput.Field: String?]) throws -> NegotiatedTerms {
        try NegotiatedInput(texts).terms(of: "acme-web", from: "2026-10-01", .usd)
    }

    @Test("Everything that is negotiable can be typed, and is what was typed")
    func all() throws {
        let terms = try terms(NegotiateTests.texts)
        #expect(terms.subjects == Set(Negotiable.allCases))
        #expect(Set(NegotiateTests.texts.keys) == Set(NegotiatedInput.Field.allCases))
        #expect(terms.overageRate?.perHour.minorUnits == 120_50)
        #expect(
            terms.increment
                == Increment(step: "0:15", group: .requestAndDay, minimum: "0:30", mayCauseOverage: false))
        #expect(terms.tolerance == Tolerance(margin: .percent(5), beyond: .all))
        #expect(terms.overageConsent == .allowUpTo("2:00"))
        #expect(terms.upgrade == .nextPeriod)
    }

    @Test("An increment and a tolerance of the terms can be taken away")
    func none() throws {
        let terms = try terms([.increment: "none", .tolerance: "none"])
        #expect(terms.increment == .some(nil))
        #expect(terms.tolerance == .some(nil))
        #expect(NegotiatedText.text(terms) == "time billed to the second, no tolerance")
    }

    @Test("All that is wrong is told in one go, each by its field, with what would be right")
    func wrong() throws {
        let problems = #expect(throws: Problems.self) {
            try terms([
                .increment: "0:00", .toleranceBeyond: "all", .overageConsent: "maybe", .upgrade: "now", .fee: "-1",
            ])
        }
        let told = Dictionary(problems?.all.map { ($0.subject, $0.fix) } ?? [], uniquingKeysWith: { a, _ in a })
        #expect(
            Set(told.keys) == [
                "increment", "increment_per", "tolerance_beyond", "when_hours_run_out", "upgrade", "fee",
            ])
        #expect(told["increment_per"] == "write entry, request-and-day or request-and-period")
        #expect(told["increment"] == "write 0:01 to 24:00")
        let alone = #expect(throws: Problems.self) { try terms([.increment: "none", .incrementMinimum: "0:30"]) }
        #expect(alone?.all.map(\.subject) == ["increment_minimum"])
    }

    @Test("It is recorded, read back as it was typed, and rated by", arguments: EngineKind.tested)
    func recorded(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let yaml = try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
            .replacing("effective: 2021-01-01", with: "effective: 2026-09-01")
            .replacing(
                "negotiable: [overage_rate, hours, fee]",
                with: "negotiable: [\(Negotiable.allCases.map(\.rawValue).joined(separator: ", "))]")
        try test.perform(AddTerms(yaml: yaml, file: "all negotiable"))
        try test.perform(Negotiate(terms: try terms(NegotiateTests.texts)))
        let stands = try test.desk.preview(by: test.owner) { try $0.standing(of: "acme").negotiatedTerms }
        var typed = try terms(NegotiateTests.texts)
        (typed.recordedAt, typed.number) = (stands[0].recordedAt, stands[0].number)
        #expect(stands == [typed])
        test.clock.set("2026-10-20T08:00:00Z")
        try test.log("2026-10-05", "0:10")
        #expect(try test.statements("acme", through: "2026-10").last?.totals.rounding == "0:20")
        try test.perform(Negotiate(terms: try terms([.increment: "none"])))
        #expect(try test.statements("acme", through: "2026-10").last?.totals.rounding == .zero)
        #expect(try test.verify().faults == [])
    }
}
