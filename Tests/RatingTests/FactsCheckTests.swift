import Agreements
import Rating
import Testing
import Values
import Wording

/// One thing wrong with an otherwise sound story, and what must be said about it.
struct WrongFacts: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let change: @Sendable (inout Story) -> Void
    let says: String

    init(_ name: String, says: String, _ change: @escaping @Sendable (inout Story) -> Void) {
        testDescription = name
        self.says = says
        self.change = change
    }
}

@Suite("Facts check")
struct FactsCheckTests {
    /// Two clients, three versions of the terms, a bit of everything, and nothing wrong.
    static func sound() -> Story {
        var story = Story()
        story.terms.append(Story.terms(effective: "2026-03-15"))
        story.facts.clients.append(
            Client(
                id: ClientID("other"), name: "Other", zone: Story.zone("Europe/Paris"), currency: .usd,
                recordedAt: Story.at("2020-01-01")))
        story.facts.projects.append(
            Project(id: ProjectID("theirs"), client: ClientID("other"), name: "x", recordedAt: Story.at("2020-01-01")))
        story.project("shop", done: "2026-06-30")
        story.contract("c")
        story.contract("s", plan: "sync-1")
        story.change("c", to: "care-3", on: "2026-02-10")
        story.negotiate("c", from: "2026-01-15") { $0.overageRate = Story.rate("140.00") }
        story.block("b", "5", until: "2026-02-28")
        story.facts.blockChanges.append(
            BlockChange(block: BlockID("b"), hours: .zero, reason: "not paid", recordedAt: Story.at("2026-01-20")))
        story.request("r")
        story.request("p", project: "shop", approved: true)
        story.work("e", "1:30", on: "2026-01-05")
        story.work("f", from: "2026-01-06T17:00:00Z", to: "2026-01-06T18:00:00Z", "content", request: "p")
        story.correct("e", to: "1:00", on: "2026-01-06", recorded: "2026-01-07")
        story.void("f", recorded: "2026-01-08")
        story.courtesy("e", "0:30", recorded: "2026-01-08")
        story.close("2026-01", at: "2026-02-03")
        return story
    }

    private static func at(_ text: String) -> Instant { Story.at(text) }

    private static func moved(_ request: String, project: String? = nil, client: String = "acme") -> RequestMove {
        RequestMove(
            to: Request(
                id: RequestID(request), client: ClientID(client), serviceLine: Story.web,
                project: project.map { ProjectID($0) }, title: "x", recordedAt: at("2026-01-09")), reason: "x")
    }

    private static func corrected(_ entry: String, request: String) -> TimeCorrection {
        TimeCorrection(
            to: TimeEntry(
                id: EntryID(entry), request: RequestID(request), person: "ann", workType: WorkTypeID("development"),
                when: .dated(Story.date("2026-01-05"), Hours(1)), note: "", recordedAt: at("2026-01-09")), reason: "x")
    }

    private static func closing(_ period: String, _ positions: [IssuedPosition] = []) -> Closing {
        Closing(
            client: ClientID("acme"), period: Story.period(period), positions: positions, available: [:],
            recordedAt: at("2026-05-01"))
    }

    private static func position(_ period: String, _ key: PositionKey, draws: [GrantID: Hours] = [:]) -> IssuedPosition
    {
        IssuedPosition(period: Story.period(period), key: key, draws: draws, amount: .zero(.usd))
    }

    static let wrong: [WrongFacts] = [
        // Ids.
        WrongFacts("a client twice", says: "client acme: the id is there twice") {
            $0.facts.clients.append($0.facts.clients[0])
        },
        WrongFacts("a project twice", says: "project shop: the id is there twice") { $0.project("shop") },
        WrongFacts("a contract twice", says: "contract s: the id is there twice") {
            $0.contract("s", plan: "sync-1", from: "2027-01-01")
        },
        WrongFacts("a block three times", says: "block b: the id is there 3 times") {
            $0.block("b")
            $0.block("b", "10")
        },
        WrongFacts("a request twice", says: "request r: the id is there twice") { $0.request("r", line: Story.sync) },
        WrongFacts("a time entry twice", says: "time entry e: the id is there twice") {
            $0.work("e", "2", on: "2026-01-09")
        },
        WrongFacts("an empty id", says: "project \"\": the id cannot be used") { $0.project("") },
        WrongFacts("an id with a control character", says: "the id cannot be used") {
            $0.work("a\u{7}b", "1", on: "2026-01-09")
        },
        WrongFacts("a long id", says: "the id cannot be used") {
            $0.work(String(repeating: "é", count: 101), "1", on: "2026-01-09")
        },
        // Names of other facts.
        WrongFacts("a project of nobody", says: "there is no client \"acne\". Did you mean \"acme\"?") {
            $0.facts.projects.append(
                Project(id: ProjectID("x"), client: ClientID("acne"), name: "x", recordedAt: at("2026-01-01")))
        },
        WrongFacts("a zone of nobody", says: "change of zone of nobody: there is no client \"nobody\"") {
            $0.facts.zoneChanges.append(
                ZoneChange(
                    client: ClientID("nobody"), zone: .utc, from: Story.period("2026-05"), recordedAt: at("2026-01-01"))
            )
        },
        WrongFacts("the end of an unknown project", says: "there is no project \"shp\". Did you mean \"shop\"?") {
            $0.facts.projectsDone.append(
                ProjectDone(project: ProjectID("shp"), on: Story.date("2026-05-01"), recordedAt: at("2026-01-01")))
        },
        WrongFacts("a contract for another's project", says: "project \"theirs\" belongs to client \"other\"") {
            $0.contract("x", plan: "care-2", projects: ["theirs"], rank: 1)
        },
        WrongFacts("a contract for an unknown project", says: "contract x: there is no project \"shpo\"") {
            $0.contract("x", plan: "care-2", projects: ["shpo"], rank: 1)
        },
        WrongFacts("a change of an unknown contract", says: "there is no contract \"d\"") {
            $0.change("d", to: "care-3", on: "2026-02-01")
        },
        WrongFacts("the end of an unknown contract", says: "end of contract d: there is no contract \"d\"") {
            $0.end("d", on: "2026-02-01")
        },
        WrongFacts("negotiating about an unknown contract", says: "negotiated terms of d: there is no contract") {
            $0.negotiate("d", from: "2026-02-01") { $0.hours = Hours(1) }
        },
        WrongFacts("a block of an unknown project", says: "block x: there is no project \"shpo\"") {
            $0.block("x", scope: .project(ProjectID("shpo")))
        },
        WrongFacts("a block for another's project", says: "block x: project \"theirs\" belongs to client \"other\"") {
            $0.block("x", scope: .project(ProjectID("theirs")))
        },
        WrongFacts("a block for an unknown line", says: "block x: the terms have no service line \"websit\"") {
            $0.block("x", scope: .serviceLine(ServiceLineID("websit")))
        },
        WrongFacts("a change of an unknown block", says: "change of block x: there is no block \"x\"") {
            $0.facts.blockChanges.append(
                BlockChange(block: BlockID("x"), hours: Hours(5), reason: "x", recordedAt: at("2026-01-01")))
        },
        WrongFacts("a request for an unknown line", says: "did you mean \"integration-support\"?") {
            $0.request("x", line: ServiceLineID("integration-suport"))
        },
        WrongFacts("a request for another's project", says: "request x: project \"theirs\" belongs to client \"other\"")
        {
            $0.request("x", project: "theirs")
        },
        WrongFacts("a request moved to another's project", says: "move of request r: project \"shop\" belongs to") {
            $0.facts.requestMoves.append(moved("r", project: "shop", client: "other"))
        },
        WrongFacts("a request moved to nobody", says: "move of request r: there is no client \"nobody\"") {
            $0.facts.requestMoves.append(moved("r", client: "nobody"))
        },
        WrongFacts("an unknown request moved", says: "move of request q: there is no request \"q\"") {
            $0.facts.requestMoves.append(moved("q"))
        },
        WrongFacts("an unknown request approved", says: "approval of request q: there is no request \"q\"") {
            $0.facts.requestApprovals.append(
                RequestApproval(request: RequestID("q"), by: "Kim", recordedAt: at("2026-01-01")))
        },
        WrongFacts("time on an unknown request", says: "correction of time entry e: there is no request \"q\"") {
            $0.facts.timeCorrections.append(corrected("e", request: "q"))
        },
        WrongFacts("a correction of an unknown entry", says: "correction of time entry x: there is no time entry") {
            $0.facts.timeCorrections.append(corrected("x", request: "r"))
        },
        WrongFacts("an unknown entry withdrawn", says: "withdrawal of time entry x: there is no time entry \"x\"") {
            $0.void("x", recorded: "2026-01-09")
        },
        WrongFacts("an unknown entry approved", says: "approval of time entry x: there is no time entry \"x\"") {
            $0.facts.timeApprovals.append(TimeApproval(entry: EntryID("x"), by: "b", recordedAt: at("2026-01-09")))
        },
        WrongFacts("an unknown entry given", says: "courtesy for time entry x: there is no time entry \"x\"") {
            $0.courtesy("x", nil)
        },
        // Money.
        WrongFacts("another currency", says: "client euro: its currency is EUR, and that of the terms is USD") {
            guard let euro = Currency(code: "EUR") else { return }
            $0.facts.clients.append(
                Client(id: ClientID("euro"), name: "E", zone: .utc, currency: euro, recordedAt: at("2026-01-01")))
        },
        WrongFacts("a fee in another currency", says: "it has an amount in EUR") {
            guard let euro = Currency(code: "EUR") else { return }
            $0.negotiate("c", from: "2026-02-01") { $0.fee = Money(minorUnits: 1, euro) }
        },
        // Contracts.
        WrongFacts("an unknown plan", says: "have no plan \"care-22\". Did you mean \"care-2\"?") {
            $0.contract("x", plan: "care-22", from: "2026-01-01", projects: ["shop"], rank: 1)
        },
        WrongFacts(
            "a plan of another line", says: "plan \"sync-1\" is for integration-support, and the contract for web"
        ) {
            $0.change("c", to: "sync-1", on: "2026-04-01")
        },
        WrongFacts("a plan that later terms drop", says: "contract s: the terms of 2026-03-15 have no plan \"sync-1\"")
        {
            $0.terms[1].plans[PlanID("sync-1")] = nil
        },
        WrongFacts("a change to a plan that nobody knows", says: "have no plan \"care-9\"") {
            $0.change("c", to: "care-9", on: "2026-02-20")
            $0.change("c", to: "care-5", on: "2026-02-25")
        },
        WrongFacts("a contract before the first terms", says: "contract x: it begins on 2019-12-31") {
            $0.contract("x", plan: "care-2", from: "2019-12-31", projects: ["shop"], rank: 1)
        },
        WrongFacts("an end before the beginning", says: "contract s: it ends on 2025-12-31, before it begins on") {
            $0.end("s", on: "2025-12-31")
        },
        WrongFacts("what is not negotiable", says: "the terms of 2026-03-15 do not let a contract set its own fee") {
            $0.terms[1].negotiable = [.hours]
            $0.negotiate("c", from: "2026-03-15") {
                $0.fee = Story.money("1.00")
                $0.hours = Hours(1)
            }
        },
        WrongFacts("a step of no time", says: "the step is 0:00") {
            $0.negotiate("c", from: "2026-02-01") { $0.increment = Increment(step: .zero, group: .entry) }
        },
        WrongFacts(
            "E40 two contracts for one line", says: "contracts c and x: both cover website-maintenance from 2026-05-01"
        ) {
            $0.contract("x", plan: "care-3", from: "2026-05-01")
        },
        WrongFacts("E40 a contract for a project beside one for all", says: "contracts c and x: both cover") {
            $0.contract("x", plan: "care-3", projects: ["shop"])
        },
        WrongFacts("E40 one of two ranked", says: "contracts c and x: both cover") {
            $0.contract("x", plan: "care-3", rank: 1)
        },
        WrongFacts("E40 two of one rank", says: "contracts x and y: both cover") {
            $0.contract("x", plan: "care-3", projects: ["shop"], rank: 1)
            $0.contract("y", plan: "care-3", projects: ["shop"], rank: 1)
        },
        WrongFacts("E40 a contract that begins in the last month of another", says: "contracts c and x: both cover") {
            $0.end("c", on: "2026-05-10")
            $0.contract("x", plan: "care-3", from: "2026-05-31")
        },
        WrongFacts(
            "two draw orders",
            says: "contracts c and s: in 2026-05 one draws allotment-first and the other best-for-client"
        ) {
            $0.negotiate("c", from: "2026-05-20") { $0.drawOrder = .allotmentFirst }
        },
        WrongFacts(
            "two draw orders by a version in mid-month",
            says: "contracts c and z: in 2026-03 one draws best-for-client and the other soonest-expiry"
        ) {
            $0.terms[1].policies.drawOrder = .soonestExpiry
            $0.contract("z", plan: "care-3", from: "2026-03-20", rank: 1)
        },
        // Blocks.
        WrongFacts("a block of 7 hours", says: "block x: it has 7:00. Blocks are sold from 5:00 in steps of 5:00") {
            $0.block("x", "7")
        },
        WrongFacts("a block of nothing", says: "block x: it has 0:00") { $0.block("x", "0") },
        WrongFacts("a block of other steps", says: "blocks are sold from 4:00 in steps of 2:00") {
            $0.terms[1].blocks?.minimum = Hours(4)
            $0.terms[1].blocks?.step = Hours(2)
            $0.block("x", "2", bought: "2026-04-01")
        },
        WrongFacts("a block without end", says: "a block has at most 100000:00") { $0.block("x", "100005") },
        WrongFacts("blocks that cost more than can be added", says: "blocks: their prices are more than can be added") {
            for number in 0..<2000 {
                $0.facts.blocks.append(
                    Block(
                        id: BlockID("dear-\(number)"), client: ClientID("acme"), scope: .client, hours: Hours(100_000),
                        pricePerHour: HourlyRate(perHour: Money(minorUnits: 1_000_000_000_0, .usd)),
                        boughtOn: Story.date("2026-01-05"), recordedAt: at("2026-01-05")))
            }
        },
        WrongFacts("a block changed to 7 hours", says: "change of block b: it has 7:00") {
            $0.facts.blockChanges.append(
                BlockChange(block: BlockID("b"), hours: Hours(7), reason: "x", recordedAt: at("2026-01-01")))
        },
        WrongFacts(
            "E19: a block taken back after it was used",
            says: "change of block u: it leaves 1:00, and closed months used 2:00"
        ) {
            $0.block("u", "5", until: "2026-02-28")
            var closing = Closing(
                client: ClientID("acme"), period: Story.period("2026-02"), positions: [], available: [:],
                recordedAt: at("2026-03-02"))
            closing.positions = [
                IssuedPosition(
                    period: Story.period("2026-02"), key: .entry(EntryID("e")), worked: Hours(2),
                    draws: [.block(BlockID("u")): Hours(2)], amount: .zero(.usd))
            ]
            $0.facts.closings.append(closing)
            $0.facts.blockChanges.append(
                BlockChange(block: BlockID("u"), hours: Hours(1), reason: "refund", recordedAt: at("2026-03-05")))
        },
        WrongFacts(
            "negotiated terms before their contract",
            says: "negotiated terms of c from 2019-06-01: the contract begins on"
        ) {
            $0.negotiate("c", from: "2019-06-01") { $0.overageRate = Story.rate("140.00") }
        },
        WrongFacts("a change of plan before the contract", says: "before the contract begins on") {
            $0.change("c", to: "care-5", on: "2019-06-01")
        },
        WrongFacts("a change of plan after the contract", says: "after the contract ended with 2026-04") {
            $0.facts.contractEnds.append(
                ContractEnd(contract: ContractID("c"), on: Story.date("2026-04-10"), recordedAt: at("2026-04-01")))
            $0.change("c", to: "care-5", on: "2026-05-01")
        },
        WrongFacts("a block where none are sold", says: "block x: the terms in force on 2026-04-01 sell no blocks") {
            $0.terms[1].blocks = nil
            $0.block("x", bought: "2026-04-01")
        },
        WrongFacts(
            "a block before the first terms", says: "block x: it was bought on 2019-12-31, before the first terms"
        ) {
            $0.block("x", bought: "2019-12-31")
        },
        WrongFacts(
            "a block that ends before it begins", says: "block x: its last day 2026-01-31 is before its first day"
        ) {
            $0.block("x", effective: "2026-02-01", until: "2026-01-31")
        },
        WrongFacts("a block changed to end before it begins", says: "change of block b: its last day 2025-12-31") {
            $0.facts.blockChanges.append(
                BlockChange(
                    block: BlockID("b"), lastDay: Story.date("2025-12-31"), reason: "x", recordedAt: at("2026-01-01")))
        },
        // Time.
        WrongFacts("time that ends before it starts", says: "time entry x: it ends at 2026-01-06T17:00:00Z, not after")
        {
            $0.work("x", from: "2026-01-06T18:00:00Z", to: "2026-01-06T17:00:00Z")
        },
        WrongFacts("time that ends as it starts", says: "time entry x: it ends at") {
            $0.work("x", from: "2026-01-06T18:00:00Z", to: "2026-01-06T18:00:00Z")
        },
        WrongFacts("time of no length", says: "time entry x: it has 0:00 hours") {
            $0.work("x", "0", on: "2026-01-06")
        },
        WrongFacts("clocked time over 24 hours", says: "time entry x: it lasts 24:00:01, over 24 hours") {
            $0.work("x", from: "2026-01-06T18:00:00Z", to: "2026-01-07T18:00:01Z")
        },
        WrongFacts("dated time over 24 hours", says: "time entry x: it lasts 24:30, over 24 hours") {
            $0.work("x", "24:30", on: "2026-01-06")
        },
        WrongFacts("a correction over 24 hours", says: "correction of time entry e: it lasts 25:00, over 24 hours") {
            $0.correct("e", to: "25", on: "2026-01-06", recorded: "2026-01-09")
        },
        WrongFacts("dated time in the future", says: "time entry x: it lies in the future, on 2026-07-03") {
            $0.work("x", "1", on: "2026-07-03")
        },
        WrongFacts(
            "clocked time in the future", says: "time entry x: it lies in the future: it ends at 2026-07-01T12:00:01Z"
        ) {
            $0.work("x", from: "2026-07-01T11:30:00Z", to: "2026-07-01T12:00:01Z")
        },
        WrongFacts("time before the first terms", says: "time entry x: no terms were in force on 2019-12-31") {
            $0.work("x", "1", on: "2019-12-31")
        },
        WrongFacts("time before the first terms where the client is", says: "no terms were in force on 2019-12-31") {
            $0.work("x", from: "2020-01-01T07:00:00Z", to: "2020-01-01T07:30:00Z")
        },
        WrongFacts("an unknown work type", says: "have no work type \"developement\". Did you mean \"development\"?") {
            $0.work("x", "1", on: "2026-01-09", "developement")
        },
        WrongFacts("a work type of older terms", says: "the terms of 2026-03-15 have no work type \"content\"") {
            $0.terms[1].workTypes[WorkTypeID("content")] = nil
            $0.work("x", "1", on: "2026-03-15", "content")
        },
        WrongFacts(
            "a work type of older terms after midnight", says: "the terms of 2026-03-15 have no work type \"content\""
        ) {
            $0.terms[1].workTypes[WorkTypeID("content")] = nil
            $0.work("x", from: "2026-03-15T06:00:00Z", to: "2026-03-15T08:00:00Z", "content")
        },
        WrongFacts(
            "work on a line that the terms of the day do not have",
            says: "request y: it has work while the terms of 2026-03-15 are in force, and these have no service line"
        ) {
            $0.terms[0].serviceLines[ServiceLineID("hosting")] = ServiceLine(name: "Hosting", covers: [])
            $0.request("y", line: ServiceLineID("hosting"))
            $0.work("x", "1", on: "2026-03-20", request: "y")
        },
        WrongFacts("more courtesy than time", says: "courtesy for time entry e: it gives 1:31 of 1:30") {
            $0.courtesy("e", "1:01")
        },
        WrongFacts("a courtesy of nothing", says: "courtesy for time entry e: it gives 0:00") { $0.courtesy("e", "0") },
        // Closings.
        WrongFacts("a closing of nobody", says: "closing of nobody 2026-01: there is no client \"nobody\"") {
            $0.facts.closings.append(
                Closing(
                    client: ClientID("nobody"), period: Story.period("2026-01"), positions: [], available: [:],
                    recordedAt: at("2026-02-01")))
        },
        WrongFacts("a period closed twice", says: "closing of acme 2026-01: the period is closed twice") {
            $0.facts.closings.append(closing("2026-01"))
        },
        WrongFacts("a position of a later period", says: "closing of acme 2026-04: it issues something for 2026-05") {
            $0.facts.closings.append(closing("2026-04", [position("2026-05", .fee(ContractID("c")))]))
        },
        WrongFacts("two positions about one thing", says: "two positions for 2026-04 about one thing: the fee of c") {
            let fee = position("2026-04", .fee(ContractID("c")))
            $0.facts.closings.append(closing("2026-04", [fee, fee]))
        },
        WrongFacts("a position about an unknown entry", says: "closing of acme 2026-04: there is no time entry \"q\"") {
            $0.facts.closings.append(closing("2026-04", [position("2026-04", .entryRounding(EntryID("q")))]))
        },
        WrongFacts("a position about an unknown request", says: "closing of acme 2026-04: there is no request \"q\"") {
            $0.facts.closings.append(
                closing("2026-04", [position("2026-04", .dayRounding(RequestID("q"), Story.date("2026-04-02")))]))
        },
        WrongFacts("hours of a later month", says: "closing of acme 2026-04: it says what was available in 2026-04") {
            var late = closing("2026-04")
            late.availableEarlier = [Story.period("2026-04"): [.block(BlockID("b")): Hours(1)]]
            $0.facts.closings.append(late)
        },
        WrongFacts("a draw on an unknown grant", says: "closing of acme 2026-04: there is no block \"q\"") {
            let draws = [GrantID.block(BlockID("q")): Hours(1)]
            $0.facts.closings.append(closing("2026-04", [position("2026-04", .entry(EntryID("e")), draws: draws)]))
        },
    ]

    private static func problems(_ story: Story, allowsLongEntries: Bool = false) -> [String] {
        FactsCheck(terms: story.history, now: at("2026-07-01T12:00:00Z"), allowsLongEntries: allowsLongEntries)
            .problems(in: story.facts).map(\.description)
    }

    @Test("Sound facts have no problems")
    func soundFacts() {
        let story = FactsCheckTests.sound()
        #expect(!story.facts.closings.isEmpty)
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("What is wrong is found, and only that", arguments: FactsCheckTests.wrong)
    func findsWhatIsWrong(facts: WrongFacts) {
        var story = FactsCheckTests.sound()
        facts.change(&story)
        let problems = FactsCheckTests.problems(story)
        #expect(problems.contains { $0.lowercased().contains(facts.says.lowercased()) }, "\(problems)")
        let words = facts.says.split(separator: ":")[0]
        #expect(problems.count <= 3, "more than \(words) was found: \(problems)")
    }

    @Test("All that is wrong is found in one go, whatever the order of the facts")
    func anyOrder() {
        var story = FactsCheckTests.sound()
        for facts in FactsCheckTests.wrong { facts.change(&story) }
        let problems = FactsCheckTests.problems(story)
        // Some wrongs say the same, and some hide others: an id that is there twice is judged once.
        #expect(problems.count >= 60)
        var reversed = story
        reversed.facts = story.facts.reversed
        #expect(FactsCheckTests.problems(reversed) == problems)
    }

    // MARK: What is allowed

    @Test("Long entries are allowed where they are meant, within reason")
    func longEntries() {
        var story = FactsCheckTests.sound()
        story.work("x", "200", on: "2026-01-09")
        #expect(FactsCheckTests.problems(story, allowsLongEntries: true) == [])
        story.work("y", "10000:01", on: "2026-01-09")
        #expect(
            FactsCheckTests.problems(story, allowsLongEntries: true)
                == ["time entry y: it lasts 10000:01, over 10000:00. Split it by months."])
    }

    @Test("Nothing lies in the future where no time is given, or while the day goes on somewhere")
    func future() {
        var story = FactsCheckTests.sound()
        story.work("x", "1", on: "2026-07-02")
        #expect(FactsCheckTests.problems(story) == [])
        story.work("y", "1", on: "2040-01-01")
        #expect(FactsCheck(terms: story.history).problems(in: story.facts) == [])
    }

    @Test("A plan need not be in terms that begin on the day it is left")
    func planLeftInTime() {
        for (changedOn, newTerms) in [
            ("2026-04-01", "2026-04-01"), ("2026-03-20", "2026-04-01"), ("2026-03-31", "2026-04-01"),
        ] {
            var story = Story()
            var later = Story.terms(effective: newTerms)
            later.plans[PlanID("care-5")] = nil
            story.terms.append(later)
            story.contract("c", plan: "care-5")
            story.change("c", to: "care-2", on: changedOn)
            #expect(FactsCheckTests.problems(story) == [], "\(changedOn)")
        }
    }

    @Test("A downgrade in mid-month keeps the old plan to its end, so later terms must have it")
    func planLeftTooLate() {
        var story = Story()
        var later = Story.terms(effective: "2026-03-15")
        later.plans[PlanID("care-5")] = nil
        story.terms.append(later)
        story.contract("c", plan: "care-5")
        story.change("c", to: "care-2", on: "2026-03-10")
        let problems = FactsCheckTests.problems(story)
        #expect(problems.count == 1)
        #expect(problems[0].hasPrefix("contract c: the terms of 2026-03-15 have no plan \"care-5\""))
    }

    @Test("A plan that new terms bring can be agreed from their first day")
    func newPlan() {
        var story = Story()
        var later = Story.terms(effective: "2026-04-01")
        later.plans[PlanID("care-8")] = Plan(
            name: "Care 8", serviceLine: Story.web, hours: Hours(8), fee: Story.money("800.00"))
        story.terms.append(later)
        story.contract("c")
        story.change("c", to: "care-8", on: "2026-04-01")
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("A contract that ended need not be in later terms")
    func endedContract() {
        var story = Story()
        var later = Story.terms(effective: "2026-04-01")
        later.plans[PlanID("care-2")] = nil
        story.terms.append(later)
        story.contract("c")
        story.end("c", on: "2026-03-10")
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("Contracts side by side are allowed where they cannot cover the same work, or are ranked")
    func contractsSideBySide() {
        var story = Story()
        story.project("a")
        story.project("b")
        story.contract("one", plan: "care-2", projects: ["a"])
        story.contract("two", plan: "care-3", projects: ["b"])
        story.contract("sync", plan: "sync-1")
        story.contract("all", plan: "care-5", from: "2026-06-01", rank: 1)
        #expect(FactsCheckTests.problems(story).count == 2)
        story.facts.contracts[0].rank = 2
        story.facts.contracts[1].rank = 2
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("One contract may follow another from the next month")
    func contractAfterContract() {
        var story = Story()
        story.contract("one", plan: "care-2")
        story.end("one", on: "2026-03-10")
        story.contract("two", plan: "care-3", from: "2026-04-01")
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("A block may have any step that its terms sell, and be taken back")
    func blockSteps() {
        var story = Story()
        story.terms[0].blocks?.minimum = Hours(2)
        story.terms[0].blocks?.step = Hours(0, 30)
        story.contract()
        story.block("b", "2:30")
        story.facts.blockChanges.append(
            BlockChange(block: BlockID("b"), hours: .zero, reason: "x", recordedAt: Story.at("2026-01-20")))
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("Courtesy may be as much as was ever written down of the entry")
    func courtesyBeforeCorrection() {
        var story = FactsCheckTests.sound()
        story.courtesy("e", "1:00")
        story.courtesy("f", nil)
        #expect(FactsCheckTests.problems(story) == [])
    }

    @Test("Dates and months that no agency has are named, and others at the edge are not")
    func farDates() throws {
        for year in ["0001", "1899", "2200", "9999"] {
            var story = FactsCheckTests.sound()
            let date = try #require(CivilDate("\(year)-06-15"))
            let month = Period(containing: date)
            story.facts.zoneChanges.append(
                ZoneChange(
                    client: ClientID("other"), zone: .utc, from: month, recordedAt: Story.at("2026-01-01")))
            story.contract("far", from: date.description)
            story.change("c", to: "care-3", on: date.description)
            story.work("far", "1", on: date.description)
            let found = FactsCheckTests.problems(story).map(\.description).joined(separator: "\n")
            for subject in [
                "change of zone of other", "contract far", "change of plan of c to care-3", "time entry far",
            ] {
                #expect(
                    found.contains(subject) && found.contains("Give one from 1900 to 2199"), "\(year): \(found)")
            }
        }
        for day in ["1900-01-01", "2199-12-31"] {
            var facts = Facts()
            facts.projectsDone = [
                ProjectDone(
                    project: ProjectID("p"), on: try #require(CivilDate(day)), recordedAt: Story.at("2026-01-01"))
            ]
            #expect(FactsCheck.farDates(in: facts).isEmpty)
        }
    }

    @Test("The facts of a period that was closed and then changed have no problems")
    func closedAndChanged() {
        var story = FactsCheckTests.sound()
        story.work("late", "1", on: "2026-01-31", recorded: "2026-02-05T00:00:00Z")
        story.void("e", recorded: "2026-02-06")
        story.close("2026-02", at: "2026-03-03")
        #expect(FactsCheckTests.problems(story) == [])
    }
}

extension Facts {
    /// The same facts, each kind from the last to the first.
    fileprivate var reversed: Facts {
        var facts = self
        facts.clients.reverse()
        facts.zoneChanges.reverse()
        facts.projects.reverse()
        facts.projectsDone.reverse()
        facts.contracts.reverse()
        facts.planChanges.reverse()
        facts.contractEnds.reverse()
        facts.negotiatedTerms.reverse()
        facts.blocks.reverse()
        facts.blockChanges.reverse()
        facts.requests.reverse()
        facts.requestMoves.reverse()
        facts.requestApprovals.reverse()
        facts.timeEntries.reverse()
        facts.timeCorrections.reverse()
        facts.timeVoids.reverse()
        facts.timeApprovals.reverse()
        facts.courtesies.reverse()
        facts.closings.reverse()
        return facts
    }
}
