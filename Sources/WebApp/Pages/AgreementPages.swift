import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// The forms by which something is agreed with a client: contracts, plans, hours ahead, projects, contacts.
enum AgreementPages {
    /// A form: where it is, what it is called.
    struct Form: Sendable {
        var part: String
        var title: String
        var fields: @Sendable (StaffVisit, Context, FormParts) -> HTML
        var perform: @Sendable (StaffVisit, Context) throws -> String
    }

    /// What all forms need to know.
    struct Context: Sendable {
        var client: ClientID
        var facts: Facts
        var terms: Terms
        var words: Wording
        var today: CivilDate

        var contracts: [(value: String, name: String)] {
            facts.contracts.sorted { $0.id < $1.id }.map {
                ($0.id.text, "\($0.id), \(words.serviceLine($0.serviceLine))")
            }
        }
    }

    static let forms = [sign, change, negotiate, end, sell, changeBlock, project, projectDone, zone]

    static let routes: [Route] =
        forms.flatMap { form -> [Route] in
            [
                .get("/clients/{client}/\(form.part)", .manager) { .page(try page($0, form)) },
                .post("/clients/{client}/\(form.part)", .manager) { try send($0, form) },
            ]
        }

    private static func context(_ visit: StaffVisit) throws -> Context {
        let client = ClientID(try visit.named("client"))
        let facts = try visit.standing(of: client)
        let terms = try visit.terms()
        let today = try visit.preview { try $0.today(of: client, facts) }
        return Context(
            client: client, facts: facts, terms: terms.offered(on: today), words: Wording(terms), today: today)
    }

    private static func page(_ visit: StaffVisit, _ form: Form, problems: Problems? = nil) throws -> Page {
        let context = try context(visit)
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page(
            form.title, in: .clients,
            trail: [("Clients", Link.clients), (context.facts.clients.first?.name ?? "", Link.client(context.client))],
            problems: problems
        ) {
            "<div class=\"panel\">\(parts.form(Link.client(context.client, form.part), submit: form.title, form.fields(visit, context, parts)))</div>"
        }
    }

    private static func send(_ visit: StaffVisit, _ form: Form) throws -> Reply {
        try visit.submit({ try page(visit, form, problems: $0) }) {
            let context = try context(visit)
            // What has a price is shown with it first.
            if form.part == change.part, visit.form.optional("save") == nil {
                return .page(try prices(visit, context))
            }
            return .redirect(Link.client(context.client), saying: try form.perform(visit, context))
        }
    }

    private static func date(_ visit: StaffVisit, _ name: String, _ context: Context) throws -> CivilDate {
        try TypedInput.date(visit.form.text(name), today: context.today)
    }

    // MARK: Contracts

    private static let sign = Form(part: "contract", title: "Sign a contract") { _, context, parts in
        """
        <div class="fields">\(parts.choice("plan", "Plan", Choices.plans(context.terms)))
        \(parts.date("from", "From", value: context.today))
        \(parts.text("id", "Its name", hint: "Empty: the client's and the line's.", isRequired: false))
        \(parts.text("projects", "Only for projects", hint: "Their ids, if it is limited to some.", isRequired: false))
        \(parts.text("rank", "Rank", hint: "1, 2 …, where two contracts cover the same work.", isRequired: false))</div>
        """
    } perform: { visit, context in
        let plan = PlanID(visit.form.text("plan"))
        guard let line = context.terms.plans[plan]?.serviceLine else {
            throw Problems([Problem("plan", "the terms offer no such plan", fix: "choose one of those offered")])
        }
        let projects = visit.form.text("projects").split { $0 == "," || $0 == " " }.map { ProjectID(String($0)) }
        let signed = try visit.perform(
            SignContract(
                id: visit.form.optional("id").map { ContractID($0) }, client: context.client, serviceLine: line,
                plan: plan,
                from: try date(visit, "from", context), projects: projects, rank: try rank(visit)))
        return "Contract \(signed.id) is signed."
    }

    private static func rank(_ visit: StaffVisit) throws -> Int? {
        guard let text = visit.form.optional("rank") else { return nil }
        guard let rank = TypedInput.whole(text, in: 0...1000) else {
            throw Problems([Problem("rank", "\"\(text)\" is no number from 0 to 1000", fix: "write 1 or 2")])
        }
        return rank
    }

    private static let change = Form(part: "plan", title: "Change the plan") { _, context, parts in
        """
        <div class="fields">\(parts.choice("contract", "Contract", context.contracts))
        \(parts.choice("plan", "To plan", Choices.plans(context.terms)))
        \(parts.date("on", "On", value: context.today))</div>
        <p class="hint">What it costs in each way is shown before anything is saved.</p>
        """
    } perform: { visit, context in
        _ = try visit.perform(
            ChangePlan(
                contract: ContractID(visit.form.text("contract")), plan: PlanID(visit.form.text("plan")),
                on: try date(visit, "on", context)))
        return "The plan is changed to \(context.words.plan(PlanID(visit.form.text("plan"))))."
    }

    /// All three prices, before anybody chooses (design L1).
    private static func prices(_ visit: StaffVisit, _ context: Context) throws -> Page {
        let (contract, plan) = (ContractID(visit.form.text("contract")), PlanID(visit.form.text("plan")))
        let day = try date(visit, "on", context)
        let all = try visit.read { try visit.site.desk.loader($0).all(of: context.client) }
        let options = Advisor(terms: try visit.terms(), facts: all, client: context.client).planChange(
            contract, to: plan, on: day)
        guard !options.isEmpty else {
            throw Problems([
                Problem(
                    "contract", "it is not in force on \(day.written), or has that plan",
                    fix: "choose another plan or date")
            ])
        }
        var table = DataTable(
            "What the change costs",
            [
                .init(title: "When", kind: .heading), .init(title: "Hours", kind: .number),
                .init(title: "Fee", kind: .number),
                .init(title: "Month in all", kind: .number), .init(title: "Then a month", kind: .number),
            ])
        for option in options {
            table.add([
                "\(when(option.upgrade))\(option.isAgreed ? " <span class=\"badge info\">as agreed</span>" as HTML : .empty)",
                "\(option.hours)", "<span class=\"money\">\(option.fee)</span>",
                "<span class=\"money\">\(option.total)</span>",
                "<span class=\"money\">\(option.nextFee)</span>",
            ])
        }
        // The day that was meant, whatever day it is when the form is sent.
        let kept =
            ["contract", "plan"].map { FormParts.hiddenField($0, visit.form.text($0)) }
            + [FormParts.hiddenField("on", "\(day)")]
        return try visit.page(
            "\(context.words.plan(plan)) from \(day.written)", in: .clients,
            trail: [("Clients", Link.clients), (context.facts.clients.first?.name ?? "", Link.client(context.client))]
        ) {
            """
            <div class="panel stack">\(table.html)
            <p>What is agreed holds; another way is negotiated first.</p>
            \(FormParts(visit.visit).form(Link.client(context.client, "plan"), submit: "Change it as agreed", kept.joined(separator: .empty) + FormParts.hiddenField("save", "yes")))</div>
            """
        }
    }

    private static func when(_ upgrade: Upgrade) -> String {
        switch upgrade {
        case .atOnce(.full): "at once, full difference"
        case .atOnce(.prorateFee): "at once, fee for the days left"
        case .atOnce(.prorateFeeAndHours): "at once, fee and hours for the days left"
        case .nextPeriod: "from the next month"
        }
    }

    private static let negotiate = Form(part: "negotiated", title: "Negotiate") { _, context, parts in
        func words(_ names: [String]) -> [(value: String, name: String)] {
            [("", "as it is")] + names.map { ($0, $0.replacing("-", with: " ")) }
        }
        func choice(_ field: NegotiatedInput.Field, _ label: String, _ names: [String]) -> HTML {
            parts.choice(field.rawValue, label, words(names), isRequired: false)
        }
        func text(_ field: NegotiatedInput.Field, _ label: String, _ hint: String) -> HTML {
            parts.text(field.rawValue, label, hint: hint, isRequired: false)
        }
        let negotiable = context.terms.negotiable.map { $0.rawValue.replacing("_", with: " ") }.sorted()
        return """
            <p class="hint">The terms let a contract set: \(negotiable.isEmpty ? "nothing" : negotiable.joined(separator: ", ")).</p>
            <div class="fields">\(parts.choice("contract", "Contract", context.contracts))
            \(parts.date("from", "From", value: context.today))
            \(parts.text("rate", "Overage rate", hint: "150.00 an hour", isRequired: false))
            \(text(.hours, "Hours a month", "6:30"))
            \(text(.fee, "Fee", "650.00"))
            \(parts.choice("consent", "When hours run out", [("", "as it is"), ("allow", "go on"), ("ask", "ask the client"), ("stop", "stop"), ("most", "go on, up to so many hours")], isRequired: false))
            \(parts.text("most", "Up to", hint: "2:00 of overage a month", isRequired: false))
            \(choice(.lateTime, "Time that comes late", LateTime.allCases.map(\.rawValue)))
            \(choice(.drawOrder, "Draw order", DrawOrder.allCases.map(\.rawValue)))
            \(choice(.firstPeriod, "A first, partial month", Proration.allCases.map(\.rawValue)))
            \(choice(.upgrade, "An upgrade in mid-month", NegotiatedInput.upgrades))</div>
            <fieldset><legend>Increment</legend><div class="fields">
            \(text(.increment, "Billed in steps of", "0:15; none takes the terms' own away"))
            \(choice(.incrementPer, "Rounded up for each", Increment.Group.allCases.map(\.rawValue)))
            \(text(.incrementMinimum, "At least", "0:30"))
            \(choice(.roundingMayCauseOverage, "Rounding may cause overage", ["yes", "no"]))</div></fieldset>
            <fieldset><legend>Tolerance</legend><div class="fields">
            \(text(.tolerance, "Not charged over the hours", "0:15, or 5%; none takes the terms' own away"))
            \(choice(.toleranceBeyond, "Charged beyond it", Tolerance.Beyond.allCases.map(\.rawValue)))</div></fieldset>
            """
    } perform: { visit, context in
        var texts: [NegotiatedInput.Field: String] = [:]
        for field in NegotiatedInput.Field.allCases { texts[field] = visit.form.optional(field.rawValue) }
        texts[.overageRate] = visit.form.optional("rate")
        let consent = visit.form.optional("consent")
        texts[.overageConsent] = consent == "most" ? visit.form.text("most") : consent
        let terms = try NegotiatedInput(texts).terms(
            of: ContractID(visit.form.text("contract")), from: try date(visit, "from", context),
            context.terms.currency)
        _ = try visit.perform(Negotiate(terms: terms))
        return "Agreed from \(terms.from.written): \(NegotiatedText.text(terms))."
    }

    private static let end = Form(part: "end", title: "End a contract") { _, context, parts in
        """
        <div class="fields">\(parts.choice("contract", "Contract", context.contracts))
        \(parts.date("on", "On", value: context.today, hint: "It runs to the end of that month."))</div>
        """
    } perform: { visit, context in
        let day = try date(visit, "on", context)
        _ = try visit.perform(EndContract(contract: ContractID(visit.form.text("contract")), on: day))
        return "The contract ends with \(Period(containing: day).lastDay.written)."
    }

    // MARK: Hours ahead

    private static let sell = Form(part: "block", title: "Sell hours ahead") { _, context, parts in
        let price =
            context.terms.blocks.map {
                "\($0.pricePerHour) an hour, at least \($0.minimum), in steps of \($0.step)."
            } ?? "These terms sell no hours ahead."
        let scopes =
            [("", "any work")] + Choices.lines(context.terms).map { ("line:\($0.value)", $0.name) }
            + context.facts.projects.map { ("project:\($0.id)", "project \($0.name)") }
        return """
            <p class="hint">\(price)</p>
            <div class="fields">\(parts.text("hours", "Hours", value: "5"))
            \(parts.choice("scope", "For", scopes))
            \(parts.date("on", "Bought on", value: context.today))
            \(parts.date("effective", "First day of work", value: nil, hint: "Where that is earlier.", isRequired: false))
            \(parts.date("until", "Last day", value: nil, hint: "Empty: what the terms say.", isRequired: false))
            \(parts.text("price", "Another price an hour", isRequired: false))</div>
            """
    } perform: { visit, context in
        let chosen = visit.form.text("scope").split(separator: ":", maxSplits: 1).map(String.init)
        let scope: Block.Scope =
            switch chosen.first {
            case "line": .serviceLine(ServiceLineID(chosen.last ?? ""))
            case "project": .project(ProjectID(chosen.last ?? ""))
            default: .client
            }
        let hours = try TypedInput.hours(visit.form.text("hours"))
        let bought = try visit.perform(
            BuyBlock(
                client: context.client, scope: scope, hours: hours, boughtOn: try date(visit, "on", context),
                effective: try visit.form.optional("effective").map { try TypedInput.date($0, today: context.today) },
                lastDay: try visit.form.optional("until").map { try TypedInput.date($0, today: context.today) },
                pricePerHour: try visit.form.optional("price").map {
                    HourlyRate(perHour: try TypedInput.money($0, context.terms.currency))
                }))
        return "Block \(bought.id) of \(hours) is sold."
    }

    private static let changeBlock = Form(part: "block-change", title: "Change a block") { _, context, parts in
        let blocks = context.facts.blocks.sorted { $0.id < $1.id }.map {
            ($0.id.text, "\($0.id): \($0.hours), bought \($0.boughtOn.written)")
        }
        return """
            <div class="fields">\(parts.choice("block", "Block", blocks))
            \(parts.text("hours", "Hours from now on", hint: "0 takes it back.", isRequired: false))
            \(parts.date("until", "New last day", value: nil, isRequired: false))
            \(parts.date("paid", "Paid on", value: nil, isRequired: false))</div>
            \(parts.text("reason", "Why"))
            """
    } perform: { visit, context in
        let changed = try visit.perform(
            ChangeBlock(
                block: BlockID(visit.form.text("block")),
                hours: try visit.form.optional("hours").map { try TypedInput.hours($0) },
                lastDay: try visit.form.optional("until").map { try TypedInput.date($0, today: context.today) },
                paidOn: try visit.form.optional("paid").map { try TypedInput.date($0, today: context.today) },
                reason: visit.form.text("reason")))
        return "Block \(changed.id) is changed."
    }

    // MARK: The rest

    private static let project = Form(part: "project", title: "Begin a project") { _, _, parts in
        "<div class=\"fields\">\(parts.text("name", "Name"))\(parts.text("id", "Short name", hint: "shop-launch"))</div>"
    } perform: { visit, context in
        let added = try visit.perform(
            AddProject(id: ProjectID(visit.form.text("id")), client: context.client, title: visit.form.text("name")))
        return "Project \(added.id) is begun."
    }

    private static let projectDone = Form(part: "project-done", title: "A project is done") { _, context, parts in
        let projects = context.facts.projects.sorted { $0.id < $1.id }.map { ($0.id.text, $0.name) }
        return
            "<div class=\"fields\">\(parts.choice("project", "Project", projects))\(parts.date("on", "On", value: context.today))</div><p class=\"hint\">The hours bought for it end with it, where the terms say so.</p>"
    } perform: { visit, context in
        let id = visit.form.text("project")
        _ = try visit.perform(EndProject(project: ProjectID(id), on: try date(visit, "on", context)))
        return "Project \(id) is done."
    }

    private static let zone = Form(part: "zone", title: "Move to another time zone") { _, context, parts in
        """
        <div class="fields">\(parts.text("zone", "Time zone", value: context.facts.clients.first?.zone.identifier ?? ""))
        \(parts.text("from", "From month", value: "\(Period(containing: context.today).next)", hint: "2026-12: a month is counted in one zone."))</div>
        """
    } perform: { visit, context in
        let period = try visit.form.optional("from").map { try TypedInput.period($0, today: context.today) }
        let zone = try TypedInput.zone(visit.form.text("zone"))
        let changed = try visit.perform(ChangeZone(client: context.client, zone: zone, from: period))
        return changed.remarks.map(Written.sentence).joined(separator: " ")
    }
}
