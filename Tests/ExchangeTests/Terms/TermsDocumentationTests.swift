import Agreements
import Exchange
import Testing
import Values

@Suite("docs/terms.md")
struct TermsDocumentationTests {
    private func examples() throws -> [String] {
        let text = String(decoding: try repositoryFile("docs/terms.md"), as: UTF8.self)
        let parts = text.split(separator: "```yaml\n", omittingEmptySubsequences: false).dropFirst()
        return parts.map { part in part.split(separator: "```", maxSplits: 1).first.map(String.init) ?? "" }
    }

    @Test("Every YAML block of the page reads without a problem")
    func blocksRead() throws {
        let examples = try examples()
        #expect(examples.count == 2)
        for example in examples { #expect(termsProblems(example) == []) }
    }

    @Test("The smallest file has the defaults that the page tells")
    func smallest() throws {
        let terms = try TermsFile.read(Array(try #require(try examples().first).utf8), file: "terms.md")
        #expect(terms.policies == Policies())
        #expect(terms.blocks == nil && terms.licensing == nil && terms.businessHours == nil)
        #expect(terms.negotiable.isEmpty && !terms.approvalRequired)
        #expect(terms.plans[PlanID("care-5")]?.overageRate == nil)
        #expect(
            terms.workTypes[WorkTypeID("research")]
                == WorkType(name: "Research and discovery"))
    }

    @Test("The worked example says what the page says of it")
    func worked() throws {
        let terms = try TermsFile.read(Array(try #require(try examples().last).utf8), file: "terms.md")
        func dollars(_ amount: Int) -> HourlyRate { HourlyRate(perHour: Money(minorUnits: amount * 100, .usd)) }
        #expect(terms.listRate == dollars(165))
        #expect(terms.plans[PlanID("care-2")]?.overageRate == dollars(155))
        #expect(terms.plans[PlanID("care-5")]?.overageRate == dollars(150))
        #expect(terms.plans[PlanID("sync-1")]?.hours == Hours(1, 30))
        #expect(terms.workTypes[WorkTypeID("custom-rule")]?.listRate == dollars(225))
        #expect(terms.workTypes[WorkTypeID("emergency")]?.multiplierPercent == 125)
        #expect(terms.workTypes[WorkTypeID("training")]?.isPaidByBlocks == false)
        #expect(terms.workTypes[WorkTypeID("server")]?.isCharged == false)
        let integration = terms.serviceLines[ServiceLineID("integration-support")]
        #expect(integration?.coversWhenApproved == [WorkTypeID("custom-rule")])
        let bought = try #require(CivilDate("2026-01-12"))
        #expect(terms.blocks?.expiry.lastDay(boughtOn: bought) == CivilDate("2026-02-28"))
        #expect(terms.blocks?.usableBeforePaid == false)
        #expect(
            terms.policies.increment
                == Increment(step: Hours(0, 30), group: .requestAndDay, minimum: Hours(0, 30), mayCauseOverage: false))
        #expect(terms.policies.outsideHoursPercent == 150 && terms.policies.multiplierTarget == .price)
        #expect(terms.businessHours?.opens == 9 * 3600 && terms.businessHours?.closes == 17 * 3600)
        #expect(terms.policies.tolerance == Tolerance(margin: .hours(Hours(0, 15)), beyond: .excess))
        #expect(terms.policies.overageConsent == .allowUpTo(Hours(2)))
        #expect(terms.negotiable == [.overageRate, .hours, .fee])
        #expect(terms.licensing == LicensingTerms(billing: [.monthly, .annually], upgradesAreFree: true))
    }
}
