import Agreements
import Exchange
import Testing
import Values
import Wording

@Suite("The three example versions")
struct ExampleTermsTests {
    func read(_ name: String) throws -> Terms {
        try TermsFile.read(try repositoryFile("examples/terms/\(name).yaml"), file: name)
    }

    private func dollars(_ amount: Int) -> HourlyRate { HourlyRate(perHour: Money(minorUnits: amount * 100, .usd)) }

    private let web = ServiceLineID("website-maintenance")
    private let sync = ServiceLineID("integration-support")

    @Test("From 2009: 125 an hour, 25 off on a plan, half hours per request, server work not charged")
    func of2009() throws {
        let terms = try read("2009-11-06")
        #expect(terms.effective == CivilDate("2009-11-06"))
        #expect(terms.listRate == dollars(125))
        for plan in terms.plans.values { #expect(plan.overageRate == dollars(100)) }
        #expect(terms.policies.increment == Increment(step: Hours(0, 30), group: .requestAndPeriod))
        #expect(terms.workTypes[WorkTypeID("server")]?.isCharged == false)
        let included = ["research", "module-installation", "custom-development", "training"]
        #expect(terms.serviceLines[web]?.covers.isSuperset(of: included.map { WorkTypeID($0) }) == true)
        #expect(terms.blocks == nil && terms.licensing == nil)
        #expect(terms.negotiable == [.overageRate])
    }

    @Test("From 2012: listed services, everything else at 225 an hour; the rest as before")
    func of2012() throws {
        let (before, terms) = (try read("2009-11-06"), try read("2012-08-20"))
        #expect(terms.effective == CivilDate("2012-08-20"))
        let website = try #require(terms.serviceLines[web])
        #expect(website.covers.isSuperset(of: [WorkTypeID("hosting-care"), WorkTypeID("module-installation")]))
        for (id, type) in terms.workTypes where type.isCharged && !website.covers.contains(id) {
            #expect(type.listRate == dollars(225), "\(id)")
        }
        #expect(!website.covers.contains(WorkTypeID("custom-development")))
        let integration = try #require(terms.serviceLines[sync])
        #expect(integration.covers.isSuperset(of: [WorkTypeID("troubleshooting"), WorkTypeID("training")]))
        #expect(terms.workTypes[WorkTypeID("server")]?.isCharged == false)
        #expect(terms.plans == before.plans && terms.policies == before.policies && terms.listRate == before.listRate)
    }

    @Test("Current: 165 an hour, less by level on a plan, blocks of 5 hours at 150 for the following month, licenses")
    func current() throws {
        let terms = try read("current")
        #expect(terms.listRate == dollars(165))
        for line in [web, sync] {
            let plans = terms.plans.values.filter { $0.serviceLine == line }.sorted { $0.hours < $1.hours }
            let rates = plans.map { $0.overageRate?.perHour.minorUnits ?? .max }
            #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 } && rates.allSatisfy { $0 < 165_00 })
        }
        let blocks = try #require(terms.blocks)
        #expect(blocks.pricePerHour == dollars(150) && blocks.minimum == Hours(5) && blocks.step == Hours(5))
        #expect(blocks.expiry == .months(1))
        #expect(terms.negotiable.contains(.overageRate))
        #expect(terms.licensing == LicensingTerms(billing: [.monthly, .annually], upgradesAreFree: true))
        let included = [
            "research", "troubleshooting", "module-installation", "custom-development", "design", "content",
            "software-updates", "training",
        ]
        #expect(terms.serviceLines[web]?.covers.isSuperset(of: included.map { WorkTypeID($0) }) == true)
        #expect(
            terms.serviceLines[sync]?.covers == Set(["research", "troubleshooting", "training"].map { WorkTypeID($0) }))
        #expect(terms.serviceLines[sync]?.coversWhenApproved == [WorkTypeID("custom-rule")])
        #expect(terms.workTypes[WorkTypeID("server")]?.isCharged == false)
        #expect(terms.serviceLines.values.allSatisfy { !$0.covers.contains(WorkTypeID("third-party")) })
    }

    @Test("One client can be rated under all three: the ids are the same, the dates differ")
    func shareIDs() throws {
        let versions = [try read("2009-11-06"), try read("2012-08-20"), try read("current")]
        let history = try TermsHistory(versions.reversed())
        #expect(history.versions.map(\.effective) == versions.map(\.effective))
        for terms in versions {
            #expect(Set(terms.plans.keys) == Set(versions[0].plans.keys))
            #expect(Set(terms.serviceLines.keys) == [web, sync])
            for (id, plan) in terms.plans { #expect(plan.hours == versions[0].plans[id]?.hours) }
        }
        // What a page names only at its time is there only then.
        let types = versions.map { Set($0.workTypes.keys) }
        #expect(types[0] == types[1])
        #expect(types[1].subtracting(types[2]) == [WorkTypeID("hosting-care")])
        #expect(types[2].subtracting(types[1]) == [WorkTypeID("design"), WorkTypeID("software-updates")])
    }
}

extension ExampleTermsTests {
    @Test("What each version changed for a client is what the pages said")
    func differences() throws {
        let versions = [try read("2009-11-06"), try read("2012-08-20"), try read("current")]
        let first = TermsDifference(from: versions[0], to: versions[1]).changes.map(\.sentence)
        #expect(first.contains("Website maintenance no longer covers Custom development: it costs $225.00/h."))
        #expect(!first.contains { $0.contains("list rate") || $0.contains("billed") })
        let second = TermsDifference(from: versions[1], to: versions[2]).changes.map(\.sentence)
        for sentence in [
            "Website maintenance now covers Custom development.",
            "An hour over the hours of Care 2 goes up from $100.00/h to $155.00/h.",
            "Hours can now be bought ahead: $150.00/h, from 5:00 in steps of 5:00, usable until the end of the following "
                + "month.",
            "Time is now billed as it was worked, without rounding up.",
            "Licenses are now billed monthly or annually.", "Upgrades are now free while the license is current.",
        ] { #expect(second.contains(sentence), "\(sentence)") }
        #expect(second.first?.hasPrefix("The list rate goes up from $125.00/h to $165.00/h") == true)
    }
}
