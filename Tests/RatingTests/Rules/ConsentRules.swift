import Agreements
import Rating
import Testing
import Values
import Wording

@Suite("O1 consent") struct O1 {
    /// A contract of 2:00 at $150.00 beyond, with a clause for when they run out.
    static func story(_ consent: OverageConsent) -> Story {
        var story = Story()
        story.terms = [Story.terms { $0.policies.overageConsent = consent }]
        story.contract()
        return story
    }

    /// Two requests, an hour too much on each.
    static func twoRequests(_ consent: OverageConsent) -> Story {
        var story = O1.story(consent)
        story.work("e1", "3:00", on: "2026-01-10", request: "r")
        story.work("e2", "1:00", on: "2026-01-20", request: "q")
        return story
    }

    @Test("Allow: every hour over the included ones is charged, as it is where the terms say nothing")
    func allow() throws {
        let january = try O1.twoRequests(.allow).statement("2026-01")
        #expect(january.brief == ["e1 3:00 = plan c 2:00 + charged 1:00 $150.00", "e2 1:00 = charged 1:00 $150.00"])
        #expect(Policies().overageConsent == .allow)
    }

    @Test("E44: stop charges no overage; what was worked is on the statement, withheld, and the hours still add up")
    func stop() throws {
        let january = try O1.twoRequests(.stop).statement("2026-01")
        #expect(january.brief == ["e1 3:00 = plan c 2:00 + withheld 1:00", "e2 1:00 = withheld 1:00"])
        #expect(january.totals.withheld == Hours(2))
        #expect(january.totals.isWhole)
        #expect(january.total == Story.money("200.00"))
    }

    @Test("Allow up to: the earliest overage of the contract in the month is charged, the rest withheld")
    func allowUpTo() throws {
        var story = O1.twoRequests(.allowUpTo(Hours(1, 30)))
        story.work("e3", "2:30", on: "2026-02-10")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 3:00 = plan c 2:00 + charged 1:00 $150.00", "e2 1:00 = charged 0:30 + withheld 0:30 $75.00",
            ])
        // Each month anew.
        #expect(try story.statement("2026-02").brief == ["e3 2:30 = plan c 2:00 + charged 0:30 $75.00"])
    }

    @Test("Allow up to holds for each contract by itself")
    func eachContract() throws {
        var story = O1.story(.allowUpTo(Hours(0, 30)))
        story.contract("s", plan: "sync-1")
        story.request("q", line: Story.sync)
        story.work("e1", "3:00", on: "2026-01-10")
        story.work("e2", "2:00", on: "2026-01-11", "research", request: "q")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 3:00 = plan c 2:00 + charged 0:30 + withheld 0:30 $75.00",
                "e2 2:00 = plan s 1:00 + charged 0:30 + withheld 0:30 $77.50",
            ])
    }

    @Test("Ask: overage is charged as far as a permit for its request allows")
    func ask() throws {
        var story = O1.twoRequests(.ask)
        story.permit("0:45", for: "q", until: "2026-01-31")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 3:00 = plan c 2:00 + withheld 1:00", "e2 1:00 = charged 0:45 + withheld 0:15 $112.50",
            ])
    }

    @Test("A permit is for work up to its last day, that day included, whenever the work is logged")
    func until() throws {
        var story = O1.story(.ask)
        story.permit("5", until: "2026-01-15")
        story.work("e1", "3:00", on: "2026-01-15")
        story.work("e2", "1:00", on: "2026-01-16")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 3:00 = plan c 2:00 + charged 1:00 $150.00", "e2 1:00 = withheld 1:00",
            ])
    }

    @Test("A permit's hours are used once over all months, earliest work first")
    func onceOverAllMonths() throws {
        var story = O1.story(.ask)
        story.permit("1:30", until: "2026-03-31")
        for (entry, day) in [("e1", "2026-01-10"), ("e2", "2026-02-10"), ("e3", "2026-03-10")] {
            story.work(entry, "3:00", on: day)
        }
        #expect(try story.statement("2026-01").brief == ["e1 3:00 = plan c 2:00 + charged 1:00 $150.00"])
        #expect(
            try story.statement("2026-02").brief == ["e2 3:00 = plan c 2:00 + charged 0:30 + withheld 0:30 $75.00"])
        #expect(try story.statement("2026-03").brief == ["e3 3:00 = plan c 2:00 + withheld 1:00"])
    }

    @Test("Of several permits the one that ends soonest is used first; they add up")
    func soonestFirst() throws {
        var story = O1.story(.ask)
        story.permit("1:00", until: "2026-02-28")
        story.permit("1:00", until: "2026-01-31")
        story.work("e1", "3:00", on: "2026-01-10")
        story.work("e2", "3:30", on: "2026-02-10")
        #expect(try story.statement("2026-01").brief == ["e1 3:00 = plan c 2:00 + charged 1:00 $150.00"])
        #expect(
            try story.statement("2026-02").brief == ["e2 3:30 = plan c 2:00 + charged 1:00 + withheld 0:30 $150.00"])
    }

    @Test("A permit is not used up by work that hours pay for, nor by what is given")
    func onlyForOverage() throws {
        var story = O1.story(.ask)
        story.terms = [
            Story.terms {
                $0.policies.overageConsent = .ask
                $0.policies.tolerance = Tolerance(margin: .hours(Hours(0, 15)), beyond: .excess)
            }
        ]
        story.permit("0:30", until: "2026-01-31")
        story.work("e1", "2:00", on: "2026-01-10")
        story.work("e2", "1:00", on: "2026-01-11")
        // Tolerance is taken first: what is given needs no approval.
        #expect(
            try story.statement("2026-01").brief == [
                "e1 2:00 = plan c 2:00", "e2 1:00 = charged 0:30 + tolerance 0:15 + withheld 0:15 $75.00",
            ])
    }

    @Test("Work that no contract covers is no overage: no clause withholds it")
    func notCovered() throws {
        for consent in [OverageConsent.ask, .stop, .allowUpTo(.zero)] {
            var story = O1.story(consent)
            story.work("e1", "1:00", on: "2026-01-10", "third-party")
            #expect(try story.statement("2026-01").brief == ["e1 1:00 = charged 1:00 $165.00"])
        }
    }

    @Test("What rounding adds is overage like the work it belongs to")
    func rounding() throws {
        var story = O1.story(.stop)
        story.terms = [
            Story.terms {
                $0.policies.overageConsent = .allowUpTo(Hours(0, 15))
                $0.policies.increment = Increment(step: Hours(0, 30), group: .entry)
            }
        ]
        story.work("e1", "2:10", on: "2026-01-10")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 2:10 = plan c 2:00 + charged 0:10 $25.00", "rounding 0:20 = charged 0:05 + withheld 0:15 $12.50",
            ])
    }

    @Test("A contract sets its own clause from a month on, where the terms let it")
    func negotiated() throws {
        var story = O1.twoRequests(.allow)
        story.work("e3", "3:00", on: "2026-02-10")
        story.negotiate(from: "2026-02-15") { $0.overageConsent = .stop }
        #expect(try story.statement("2026-01").totals.withheld == .zero)
        #expect(try story.statement("2026-02").brief == ["e3 3:00 = plan c 2:00 + withheld 1:00"])
        #expect(story.problems.isEmpty)
        story.terms = [Story.terms { $0.negotiable = [] }]
        #expect(story.problems.contains { $0.fix.contains("list when_hours_run_out under negotiable") })
    }

    @Test("A permit that comes after its month was closed re-rates it: what was withheld is charged next, once")
    func latePermit() throws {
        var story = O1.twoRequests(.ask)
        story.close("2026-01", at: "2026-02-02")
        story.permit("0:45", for: "q", until: "2026-01-31", recorded: "2026-02-03")
        let february = try story.statement("2026-02")
        #expect(february.briefAdjustments == ["2026-01 time entry e2: charged 0:45, withheld -0:45 $112.50"])
        #expect(february.adjustments.map { $0.causes[0].reason } == [.permitted(RequestID("q"), by: "Kim")])
        story.close("2026-02", at: "2026-03-02")
        #expect(try story.statement("2026-03").adjustments.isEmpty)
    }

    @Test("Nobody was billed for what was withheld: hours bought later and dated back may pay for it")
    func laterHours() throws {
        var story = O1.twoRequests(.allowUpTo(Hours(1)))
        story.close("2026-01", at: "2026-02-02")
        story.block("b", bought: "2026-01-01", until: "2026-01-31", recorded: "2026-02-03")
        // The hour of e1 was invoiced and stays so.
        #expect(
            try story.statement("2026-02").briefAdjustments == [
                "2026-01 price of block b:  $750.00", "2026-01 time entry e2: block b 1:00, withheld -1:00 $0.00",
            ])
    }

    @Test("A closed month with withheld hours, rated again with nothing new, comes to what was issued")
    func nothingNew() throws {
        for consent in [OverageConsent.ask, .stop, .allowUpTo(Hours(0, 20))] {
            var story = O1.twoRequests(consent)
            story.permit("0:10", until: "2026-12-31")
            story.close("2026-01", at: "2026-02-02")
            #expect(try story.statement("2026-02").adjustments.isEmpty)
            #expect(story.problems.isEmpty)
        }
    }

    @Test("The reason says which clause withheld the hours")
    func reasons() throws {
        let words = Wording(TermsHistory(always: Story.terms()))
        for (consent, reason) in [
            (OverageConsent.ask, "not billed: the client has not approved this overage"),
            (.stop, "not billed: the client has agreed to no overage"),
            (.allowUpTo(.zero), "not billed: the client has agreed to 0:00 of overage a month"),
        ] {
            let january = try O1.twoRequests(consent).statement("2026-01")
            let explained = Explainer(january, words: words).line(january.lines[1])
            #expect(explained.text == "time entry e2: 1:00 = 1:00 withheld, $0.00")
            #expect(explained.because.map(\.text).contains("1:00 withheld, \(reason)"))
        }
    }

    @Test("Advice compares ways to pay for all of the work, so that withholding more never looks cheaper")
    func advice() throws {
        let story = O1.twoRequests(.ask)
        let january = Story.period("2026-01")
        let advisor = Advisor(terms: story.history, facts: story.facts, client: story.client)
        let allowed = O1.twoRequests(.allow)
        let plain = Advisor(terms: allowed.history, facts: allowed.facts, client: allowed.client)
        #expect(advisor.ways(for: january) == plain.ways(for: january))
        #expect(advisor.history(january...january) == plain.history(january...january))
    }

    @Test("A permit for a request that nobody knows, or for no time, is refused")
    func check() {
        var story = O1.twoRequests(.ask)
        story.permit("0", until: "2026-01-31")
        story.facts.permits.append(
            Permit(
                request: RequestID("x"), hours: Hours(1), until: Story.date("2026-01-31"), by: "Kim",
                recordedAt: Story.at("2026-01-01")))
        #expect(
            story.problems.map { "\($0.subject): \($0.message)" } == [
                "permit for request r: it allows 0:00", "permit for request x: there is no request \"x\"",
            ])
    }

    @Test(
        "The plain words of the terms say what happens, with an example of theirs",
        arguments: [
            (OverageConsent.allow, "1:00 charged"), (.allowUpTo(Hours(0, 45)), "0:45 charged, 0:15 not billed"),
            (.ask, "0:30 charged, 0:30 not billed"), (.stop, "1:00 not billed"),
        ])
    func plainLanguage(_ consent: OverageConsent, _ end: String) throws {
        let answers = TermsInPlainLanguage(Story.terms { $0.policies.overageConsent = consent }).answers
        let answer = try answers.first { $0.question == "What happens when my hours run out?" }.orThrow()
        #expect(answer.example.first?.hasSuffix("\(end).") == true, "\(answer.example)")
        let price = try answers.first { $0.question == "What does more time cost?" }.orThrow()
        #expect(price.example.isEmpty == (consent == .stop))
    }
}
