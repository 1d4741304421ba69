public import Agreements
public import Rating
public import Values

/// The words for what a statement says: the same for staff, client and invoice (design C1).
///
/// Names of lines, work types and plans are those of the latest version of the terms that has them.
public struct Wording: Sendable {
    /// What things are called by people who do not know their ids.
    public struct Names: Hashable, Sendable {
        /// People.
        public var people: [String: String] = [:]
        /// Requests.
        public var requests: [RequestID: String] = [:]
        /// Blocks: `hours bought on 25 November 2026`.
        public var blocks: [BlockID: String] = [:]
        /// Projects.
        public var projects: [ProjectID: String] = [:]
        /// Contracts, by their plans.
        public var contracts: [ContractID: String] = [:]
        /// Time entries: `work of 2 October 2026 for Size guide`.
        public var entries: [EntryID: String] = [:]

        /// None: everything is called by its id.
        public init() {}
    }

    private let terms: TermsHistory
    private let names: Names

    /// Words that use the names of these terms.
    public init(_ terms: TermsHistory, names: Names = Names()) {
        self.terms = terms
        self.names = names
    }

    /// What a person is called.
    public func person(_ id: String) -> String { names.people[id] ?? id }
    /// What a request is called.
    public func request(_ id: RequestID) -> String { names.requests[id].map { "\"\($0)\"" } ?? "request \(id)" }
    /// What a project is called.
    public func project(_ id: ProjectID) -> String { names.projects[id] ?? "project \(id)" }
    /// What a block is called.
    public func block(_ id: BlockID) -> String { names.blocks[id] ?? "block \(id)" }
    /// What a contract is called.
    public func contract(_ id: ContractID) -> String { names.contracts[id] ?? id.text }
    private func entry(_ id: EntryID) -> String { names.entries[id] ?? "time entry \(id)" }

    private func newest<Value>(_ find: (Terms) -> Value?) -> Value? {
        terms.versions.reversed().lazy.compactMap(find).first
    }

    /// What a service line is called.
    public func serviceLine(_ id: ServiceLineID) -> String { newest { $0.serviceLines[id]?.name } ?? id.text }
    /// What a work type is called.
    public func workType(_ id: WorkTypeID) -> String { newest { $0.workTypes[id]?.name } ?? id.text }
    /// What a plan is called.
    public func plan(_ id: PlanID) -> String { newest { $0.plans[id]?.name } ?? id.text }

    /// The name of a grant: `plan hours of acme-web, January 2026`.
    public func grant(_ id: GrantID) -> String {
        switch id {
        case .allotment(let contract, let period): "plan hours of \(self.contract(contract)), \(period.written)"
        case .block(let block): self.block(block)
        }
    }

    /// The short name of a grant within a statement of its period: `plan acme-web`, `block b-1`.
    public func shortGrant(_ id: GrantID) -> String {
        switch id {
        case .allotment(let contract, _): "plan \(self.contract(contract))"
        case .block(let block): self.block(block)
        }
    }

    /// What a grant's hours may pay for.
    public func scope(_ scope: GrantScope) -> String {
        switch scope {
        case .contract(let line, let projects):
            projects.isEmpty
                ? "\(serviceLine(line)), as far as the plan covers it"
                : "\(serviceLine(line)) on " + projects.map { project($0) }.sorted().joined(separator: ", ")
        case .block(.project(let project)): self.project(project)
        case .block(.serviceLine(let line)): serviceLine(line)
        case .block(.client): "any work"
        }
    }

    /// `until 31 January 2026`, or `with no last day`.
    public func until(_ lastDay: CivilDate?) -> String {
        lastDay.map { "until \($0.written)" } ?? "with no last day"
    }

    /// A verdict in a sentence.
    public func verdict(_ verdict: Verdict) -> String {
        switch verdict {
        case .covered(let contract): "covered by contract \(self.contract(contract))"
        case .chargedAtList: "covered by no contract: charged at the list rate"
        case .notCharged: "never charged"
        }
    }

    /// A requirement in a sentence that says whether it is met.
    public func requirement(_ requirement: Requirement) -> String {
        let isMet = requirement.isMet
        switch requirement.subject {
        case .chargedWork(let type):
            return "\(workType(type)) is " + (isMet ? "work that is charged" : "never charged")
        case .contract(let line):
            return "there is \(isMet ? "a" : "no") contract on \(serviceLine(line))"
        case .dates(let contract, let from, let through):
            let dates = "from \(from.written)" + (through.map { " through \($0.written)" } ?? "")
            return "contract \(self.contract(contract)) is \(isMet ? "" : "not ")in force on that date (\(dates))"
        case .scope(let contract, let project):
            let work = project.map { self.project($0) } ?? "work for no project"
            return "contract \(self.contract(contract)) \(isMet ? "includes" : "does not include") \(work)"
        case .workType(let contract, let line, let type):
            return
                "\(serviceLine(line)) under contract \(self.contract(contract)) \(isMet ? "covers" : "does not cover") "
                + workType(type)
        case .approvedRequest(let contract, let type):
            return isMet
                ? "the client asked for this \(workType(type)), as contract \(self.contract(contract)) requires"
                : "\(workType(type)) is covered by contract \(self.contract(contract)) only where the client asked for it, and this "
                    + "request is not approved"
        }
    }

    /// The clause that set a rate.
    public func clause(_ clause: RateClause) -> String {
        switch clause {
        case .negotiated(let contract, let from):
            "negotiated on contract \(self.contract(contract)) from \(from.written)"
        case .plan(let plan, let terms): "rate of plan \(self.plan(plan)), terms of \(terms.written)"
        case .list(let terms): "list rate, terms of \(terms.written)"
        case .listOfWorkType(let type, let terms):
            "list rate for \(workType(type)), terms of \(terms.written)"
        }
    }

    /// Why a grant gave hours to a line, or none.
    public func outcome(_ outcome: GrantTrial.Outcome) -> String {
        switch outcome {
        case .taken(let hours): "\(hours) taken"
        case .notNeeded: "not needed"
        case .outOfScope: "skipped: not for this work"
        case .outOfDates(let from, let lastDay):
            "skipped: only for work dated from \(from.written) \(until(lastDay))"
        case .notPaidByBlocks: "skipped: blocks do not pay for this kind of work"
        case .empty: "skipped: it had no hours left at the start of the month"
        case .usedElsewhere(let uses):
            "skipped: its hours went to "
                + uses.prefix(6).map { "\(names.entries[$0.entry] ?? $0.entry.text) \($0.hours)" }.joined(
                    separator: ", ")
                + (uses.count > 6 ? " and \(uses.count - 6) more" : "") + " (dearer, earlier, or with no other hours)"
        case .cameAfterInvoice: "skipped: its hours came after this was invoiced"
        }
    }

    /// Why a position of a closed period was adjusted: the fact, named where it is about something else.
    public func cause(_ reason: AdjustmentCause.Reason, of key: PositionKey) -> String {
        func about(_ entry: EntryID, _ what: String) -> String {
            key == .entry(entry) || key == .entryRounding(entry) ? what : "\(self.entry(entry)) \(what)"
        }
        switch reason {
        case .lateTime(let entry): return about(entry, "logged after the month was closed")
        case .correction(let entry, let reason): return about(entry, "corrected: \(reason)")
        case .void(let entry, let reason): return about(entry, "withdrawn: \(reason)")
        case .courtesy(let entry, let by, let reason): return about(entry, "given by \(person(by)): \(reason)")
        case .approved(let entry, let by): return about(entry, "approved by \(person(by))")
        case .moved(let request, let reason): return "\(self.request(request)) moved: \(reason)"
        case .requested(let request, let by): return "\(self.request(request)) approved by \(person(by))"
        case .permitted(let request, let by): return "overage on \(self.request(request)) approved by \(person(by))"
        case .agreed(let contract): return "agreed later on contract \(self.contract(contract))"
        case .blockBought(let block): return "\(self.block(block)) bought later"
        case .blockChanged(let block, let reason): return "\(self.block(block)) changed: \(reason)"
        case .projectDone(let project): return "\(self.project(project)) was done"
        case .zoneChanged: return "the time zone changed"
        case .rerated: return "rated again by newer rules"
        }
    }

    /// Why a position of a closed period was adjusted, in one line.
    public func causes(_ adjustment: Adjustment) -> String {
        var told: [String] = []
        for cause in adjustment.causes.map({ self.cause($0.reason, of: adjustment.position.key) })
        where !told.contains(cause) { told.append(cause) }
        return told.joined(separator: "; ")
    }

    /// Why overage was withheld, by the clause that says what happens when hours run out.
    public func withheld(_ consent: OverageConsent) -> String {
        switch consent {
        case .allow: "not billed"
        case .allowUpTo(let most): "not billed: the client has agreed to \(most) of overage a month"
        case .ask: "not billed: the client has not approved this overage"
        case .stop: "not billed: the client has agreed to no overage"
        }
    }

    /// What a position is about.
    public func position(_ key: PositionKey) -> String {
        switch key {
        case .fee(let contract): "fee of contract \(self.contract(contract))"
        case .block(let block): "price of \(self.block(block))"
        case .entry(let entry): self.entry(entry)
        case .entryRounding(let entry): "rounding of \(self.entry(entry))"
        case .requestRounding(let request): "rounding of \(self.request(request))"
        case .dayRounding(let request, let date): "rounding of \(self.request(request)) on \(date.written)"
        }
    }

    /// What set a fee or a number of hours: `plan Care 2`.
    public func source(_ source: FigureReason.Source, _ plan: PlanID) -> String {
        switch source {
        case .plan: "plan \(self.plan(plan))"
        case .negotiated(let from): "negotiated from \(from.written)"
        }
    }

    /// ` × 15/30 days`, or nothing where it is all.
    func share(_ share: FigureReason.Share) -> String {
        guard case .days(let days, let count) = share else { return "" }
        return " × \(days)/\(count) days"
    }

    /// How a fee or a number of hours came about.
    public func figure(_ reason: FigureReason, plan id: PlanID) -> String {
        let first = reason.upgrades.first?.from ?? id
        var words = source(reason.source, first)
        if case .days(let days, let count) = reason.share { words += ", \(days) of \(count) days" }
        for step in reason.upgrades {
            words += "; upgraded from \(plan(step.from)) on \(step.on.written), "
            switch step.share {
            case .full: words += "full difference"
            case .days(let days, let count): words += "\(days) of \(count) days of the difference"
            }
        }
        return words
    }

    /// A draw order in a sentence.
    public func drawOrder(_ order: DrawOrder) -> String {
        switch order {
        case .bestForClient:
            "best for the client: the dearest work is covered first, and the hours that lapse soonest are used first"
        case .soonestExpiry: "in the order of work, from the hours that lapse soonest"
        case .narrowestScope: "in the order of work, from the hours of narrowest scope"
        case .allotmentFirst: "in the order of work, from plan hours first"
        }
    }

    /// An increment in words.
    public func increment(_ increment: Increment) -> String {
        let group =
            switch increment.group {
            case .entry: "each time entry"
            case .requestAndDay: "each request and day"
            case .requestAndPeriod: "each request and month"
            }
        return "steps of \(increment.step), rounded up for \(group)"
            + (increment.minimum > .zero ? ", at least \(increment.minimum)" : "")
            + (increment.mayCauseOverage ? "" : "; rounding alone is never charged")
    }
}
