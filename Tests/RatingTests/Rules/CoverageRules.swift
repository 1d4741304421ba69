import Agreements
import Rating
import Testing
import Values
import Wording

@Suite("C1 verdicts") struct C1 {
    @Test("Each verdict has its checklist, met or failed, in words")
    func checklist() throws {
        var story = Story()
        story.contract()
        story.work("e1", "1:00", on: "2026-01-05", "third-party")
        let statement = try story.statement("2026-01")
        let workClass = statement.workClass(of: statement.lines[0])
        let words = Wording(story.history)
        #expect(
            workClass.checklist.map { "\($0.isMet ? "yes" : "no"): \(words.requirement($0))" } == [
                "yes: Third-party software is work that is charged",
                "yes: there is a contract on Website maintenance",
                "yes: contract c is in force on that date (from 1 January 2026)",
                "yes: contract c includes work for no project",
                "no: Website maintenance under contract c does not cover Third-party software",
            ])
        #expect(workClass.verdict == .chargedAtList)
    }

    @Test("A contract limited to projects covers these and no others")
    func scope() throws {
        var story = Story()
        story.project("p1")
        story.project("p2")
        story.contract(projects: ["p1"])
        story.request("r1", project: "p1")
        story.request("r2", project: "p2")
        story.work("e1", "1:00", on: "2026-01-05", request: "r1")
        story.work("e2", "1:00", on: "2026-01-05", request: "r2")
        story.work("e3", "1:00", on: "2026-01-05")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 1:00 = plan c 1:00", "e2 1:00 = charged 1:00 $165.00", "e3 1:00 = charged 1:00 $165.00",
            ])
    }

    @Test("Work before the contract's first day is at list, work from it on is covered")
    func dates() throws {
        var story = Story()
        story.contract(from: "2026-01-10")
        story.work("e1", "1:00", on: "2026-01-09")
        story.work("e2", "1:00", on: "2026-01-10")
        #expect(try story.statement("2026-01").brief == ["e1 1:00 = charged 1:00 $165.00", "e2 1:00 = plan c 1:00"])
    }
}

@Suite("C2 server work") struct C2 {
    @Test("E36: server work is recorded at nothing, draws nothing and is not held up by an empty balance")
    func neverCharged() throws {
        var story = Story()
        story.contract()
        story.block("b")
        story.work("e1", "9:00", on: "2026-01-05")
        story.work("e2", "4:00", on: "2026-01-06", "server")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 9:00 = plan c 2:00 + block b 5:00 + charged 2:00 $300.00", "e2 4:00 = free 4:00",
            ])
    }

    @Test("E36: reclassifying an entry as server work reflows an open month")
    func reclassified() throws {
        var story = Story()
        story.contract()
        story.work("e1", "2:00", on: "2026-01-05")
        story.work("e2", "1:00", on: "2026-01-06")
        var server = story.facts.timeEntries[0]
        server.workType = WorkTypeID("server")
        server.recordedAt = Story.at("2026-01-10")
        story.facts.timeCorrections.append(TimeCorrection(to: server, reason: "it was the host"))
        #expect(try story.statement("2026-01").brief == ["e1 2:00 = free 2:00", "e2 1:00 = plan c 1:00"])
    }
}

@Suite("C3 website maintenance") struct C3 {
    @Test(
        "Any support on the client's own site is covered",
        arguments: ["research", "development", "training", "content"])
    func covered(_ type: String) throws {
        var story = Story()
        story.contract()
        story.work("e1", "1:00", on: "2026-01-05", type)
        #expect(try story.statement("2026-01").brief == ["e1 1:00 = plan c 1:00"])
    }

    @Test("E39: a request about the integration software is not covered by a website plan, and says why")
    func otherLine() throws {
        var story = Story()
        story.contract()
        story.request("r", line: Story.sync)
        story.work("e1", "1:00", on: "2026-01-05", "troubleshooting")
        let statement = try story.statement("2026-01")
        #expect(statement.brief == ["e1 1:00 = charged 1:00 $165.00"])
        let failed = statement.workClass(of: statement.lines[0]).checklist.filter { !$0.isMet }
        #expect(failed.map(\.subject) == [.contract(Story.sync)])
    }
}

@Suite("C4 integration support") struct C4 {
    @Test("Learning and troubleshooting are covered, third-party software is not")
    func software() throws {
        var story = Story()
        story.contract(plan: "sync-1")
        story.request("r", line: Story.sync)
        story.work("e1", "0:30", on: "2026-01-05", "troubleshooting")
        story.work("e2", "0:30", on: "2026-01-06", "third-party")
        #expect(
            try story.statement("2026-01").brief == ["e1 0:30 = plan c 0:30", "e2 0:30 = charged 0:30 $82.50"])
    }

    @Test("A custom rule is covered only where the client asked for it")
    func customRule() throws {
        var story = Story()
        story.contract(plan: "sync-1")
        story.request("asked", line: Story.sync, approved: true)
        story.request("unasked", line: Story.sync)
        story.work("e1", "0:30", on: "2026-01-05", "custom-rule", request: "asked")
        story.work("e2", "0:30", on: "2026-01-05", "custom-rule", request: "unasked")
        let statement = try story.statement("2026-01")
        #expect(statement.brief == ["e1 0:30 = plan c 0:30", "e2 0:30 = charged 0:30 $82.50"])
        let last = try statement.workClass(of: statement.lines[1]).checklist.last.orThrow()
        #expect(last.subject == .approvedRequest(ContractID("c"), WorkTypeID("custom-rule")))
        #expect(!last.isMet)
    }
}

@Suite("C5 work at list") struct C5 {
    @Test("Work that no contract covers is charged at the list rate of its date")
    func list() throws {
        var story = Story()
        story.terms = [Story.terms(), Story.terms(effective: "2026-01-15", list: "175.00")]
        story.work("e1", "1:00", on: "2026-01-14")
        story.work("e2", "1:00", on: "2026-01-15")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 1:00 = charged 1:00 $165.00", "e2 1:00 = charged 1:00 $175.00",
            ])
    }

    @Test("Hours bought ahead pay for it too, unless its work type says otherwise")
    func blocks() throws {
        var story = Story()
        story.terms = [Story.terms { $0.workTypes[WorkTypeID("content")]?.isPaidByBlocks = false }]
        story.block("b")
        story.work("e1", "1:00", on: "2026-01-05")
        story.work("e2", "1:00", on: "2026-01-05", "content")
        #expect(try story.statement("2026-01").brief == ["e1 1:00 = block b 1:00", "e2 1:00 = charged 1:00 $165.00"])
    }

    @Test("E42: a request moved to another client takes its time along, and both months reflow")
    func moved() throws {
        var story = Story()
        story.contract()
        story.work("e1", "2:00", on: "2026-01-05", request: "r1")
        story.work("e2", "1:00", on: "2026-01-06", request: "r2")
        let other = ClientID("other")
        story.facts.clients.append(
            Client(id: other, name: "Other", zone: .utc, currency: .usd, recordedAt: Story.at("2020-01-01")))
        var moved = story.facts.requests[0]
        moved.client = other
        moved.recordedAt = Story.at("2026-01-20")
        story.facts.requestMoves.append(RequestMove(to: moved, reason: "filed for the wrong company"))
        let accounts = Rater(terms: story.history).accounts(of: story.facts)
        #expect(
            accounts.map { $0.statements.flatMap(\.brief) } == [
                ["e2 1:00 = plan c 1:00"], ["e1 2:00 = charged 2:00 $330.00"],
            ])
    }
}
