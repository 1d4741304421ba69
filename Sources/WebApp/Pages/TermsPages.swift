import Agreements
import Exchange
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// The terms: every version in plain language, what changed, who is on which, and what a new one would have meant.
enum TermsPages {
    static let routes: [Route] = [
        .get(Link.terms, .agent) { .page(try list($0)) },
        .get(Link.termsTrial, .manager) { .page(try trialForm($0)) },
        .post(Link.termsTrial, .manager, limit: .upload, trial),
        .post(Link.terms, .owner, limit: .upload, add),
        .get("/terms/{effective}", .agent) { .page(try version($0)) },
        .get("/terms/{effective}/file", .agent, file),
    ]

    private static func list(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let history = try visit.terms()
        let today = visit.site.settings.zone.date(of: visit.now)
        let inForce = history.inForce(on: today)?.effective
        let users = try clientsByVersion(visit, history, today)
        let beside: HTML =
            visit.may(.manager) ? "<a class=\"button\" href=\"\(Link.termsTrial)\">Try a new version</a>" : .empty
        return try visit.page("Terms", in: .terms, beside: beside, problems: problems) {
            let items = history.versions.reversed().map { terms -> HTML in
                let state: HTML =
                    terms.effective == inForce
                    ? "<span class=\"badge good\">in force</span>"
                    : terms.effective > today
                        ? "<span class=\"badge info\">to come</span>" : "<span class=\"badge\">before</span>"
                let clients = users[terms.effective] ?? []
                let names = clients.map { "<a href=\"\(Link.client($0.id))\">\($0.name)</a>" as HTML }
                return """
                    <li><div class="spread"><a class="title" href="\(Link.terms(terms.effective))">\(terms.name), from \(terms.effective.written)</a>\(state)</div>
                    <p class="small muted">\(Written.count(terms.plans.count, "plan")), \(Written.count(terms.workTypes.count, "work type")), list rate \(terms.listRate)</p>
                    \(names.isEmpty ? .empty : "<p class=\"small\">Plans of these terms bill: \(names.joined(separator: ", "))</p>" as HTML)</li>
                    """
            }
            let add: HTML =
                visit.may(.owner)
                ? """
                <section class="panel stack" aria-labelledby="next"><h2 id="next">The next version</h2>
                <p class="hint">Terms are never edited, only followed. <a href="\(Link.termsTrial)">Try it on the last year's work</a> first.</p>
                \(FormParts(visit.visit, problems: problems).form(Link.terms, submit: "Add it", holdsFiles: true, FormParts(visit.visit).files("terms", "Terms file", hint: "YAML, as in docs/terms.md", isMultiple: false, isRequired: true)))</section>
                """ : .empty
            return "<div class=\"panel\"><ul class=\"rows\">\(items)</ul></div>\(add)"
        }
    }

    /// The clients whose contracts take their plan from a version today.
    private static func clientsByVersion(_ visit: StaffVisit, _ history: TermsHistory, _ today: CivilDate) throws
        -> [CivilDate: [(id: ClientID, name: String)]]
    {
        var users: [CivilDate: [(id: ClientID, name: String)]] = [:]
        for row in try visit.read({ try visit.site.risk.rows($0, desk: visit.site.desk) }) {
            for effective in row.forecast.termsEffective
            where !(users[effective]?.contains { $0.id == row.client } ?? false) {
                users[effective, default: []].append((row.client, row.name))
            }
        }
        return users
    }

    private static func add(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try list(visit, problems: $0) }) {
            let file = try upload(visit)
            let added = try visit.perform(AddTerms(yaml: file.text, file: file.name))
            return .redirect(Link.terms, saying: "The version of \(added.id) is added.")
        }
    }

    private static func upload(_ visit: StaffVisit) throws -> (name: String, text: String) {
        guard let file = visit.form.files("terms").first, !file.bytes.isEmpty else {
            throw Problems([Problem("terms file", "there is none", fix: "choose a YAML file")])
        }
        return (file.filename, String(decoding: file.bytes, as: UTF8.self))
    }

    // MARK: One version

    private static func found(_ visit: StaffVisit) throws -> (Terms, TermsHistory) {
        let history = try visit.terms()
        guard let date = CivilDate(try visit.named("effective")),
            let terms = history.versions.first(where: { $0.effective == date })
        else { throw PageError.missing }
        return (terms, history)
    }

    private static func version(_ visit: StaffVisit) throws -> Page {
        let (terms, history) = try found(visit)
        let against = visit.query.day("against", today: visit.today)
        let before = history.versions.last { $0.effective < terms.effective }
        let other = history.versions.first { $0.effective == against } ?? before
        let beside: HTML = "<a href=\"\(Link.terms(terms.effective))/file\">The file</a>"
        return try visit.page(
            "\(terms.name), from \(terms.effective.written)", in: .terms, trail: [("Terms", Link.terms)], beside: beside
        ) {
            """
            \(other.map { difference(visit, from: $0, to: terms, history) })
            <section class="panel stack" aria-labelledby="plain"><h2 id="plain">In plain language</h2>\(TermsHTML.answers(terms))</section>
            """
        }
    }

    private static func difference(_ visit: StaffVisit, from old: Terms, to new: Terms, _ history: TermsHistory) -> HTML
    {
        let changes = TermsDifference(from: old, to: new).changes.map { "<li>\($0.sentence)</li>" as HTML }
        let others = history.versions.filter { $0.effective != new.effective }.map {
            ("\($0.effective)", "from \($0.effective.written)")
        }
        let choose: HTML =
            others.count < 2
            ? .empty
            : "<form class=\"cluster end\" action=\"\(Link.terms(new.effective))\" method=\"get\">\(FormParts(visit.visit).choice("against", "Compare with the version", others, value: "\(old.effective)"))<button>Compare</button></form>"
        return """
            <section class="panel stack" aria-labelledby="changes"><h2 id="changes">What changed since \(old.effective.written)</h2>
            \(changes.isEmpty ? "<p>Nothing for a client.</p>" as HTML : "<ul>\(changes)</ul>")\(choose)</section>
            """
    }

    private static func file(_ visit: StaffVisit) throws -> Reply {
        let (terms, _) = try found(visit)
        guard let yaml = try visit.read({ try TermsStore($0).yaml(of: terms.effective) }) else {
            throw PageError.missing
        }
        return .download(Array(yaml.utf8), name: "terms-\(terms.effective).yaml", type: "application/yaml")
    }

    // MARK: A trial

    private static func trialForm(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page("Try a new version", in: .terms, trail: [("Terms", Link.terms)], problems: problems) {
            """
            <div class="panel stack"><p>Give a terms file. The work of the last twelve months is rated again as if it had been in force all the while; nothing is saved.</p>
            \(parts.form(Link.termsTrial, submit: "Rate the last year with it", holdsFiles: true, parts.files("terms", "Terms file", hint: "YAML, as in docs/terms.md", isMultiple: false, isRequired: true)))</div>
            """
        }
    }

    private static func trial(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try trialForm(visit, problems: $0) }) {
            let file = try upload(visit)
            let trial = try TermsFile.read([UInt8](file.text.utf8), file: file.name)
            let month = Period(containing: visit.site.settings.zone.date(of: visit.now))
            let result = try visit.preview { try TermsTrial($0, trial: trial, months: (month + -12)...(month + -1)) }
            return .page(try trialPage(visit, trial, result))
        }
    }

    private static func trialPage(_ visit: StaffVisit, _ terms: Terms, _ result: TermsTrial) throws -> Page {
        let latest = try visit.terms().latest
        return try visit.page(
            "What it would have meant", in: .terms,
            trail: [("Terms", Link.terms), ("Try a new version", Link.termsTrial)]
        ) {
            var table = DataTable(
                "What it would have meant to each client", isCaptionHidden: false,
                [
                    .init(title: "Client", kind: .heading), .init(title: "As it was", kind: .number),
                    .init(title: "As it would have been", kind: .number), .init(title: "Difference", kind: .number),
                    .init(title: "Charged", kind: .number), .init(title: "Lapsed", kind: .number),
                    .init(title: "Plans assumed"),
                ])
            for client in result.clients {
                let difference = client.after.minorUnits - client.before.minorUnits
                table.add([
                    "<a href=\"\(Link.client(client.client))\">\(client.name)</a>",
                    "<span class=\"money\">\(client.before)</span>",
                    "<span class=\"money\">\(client.after)</span>", signed(difference, client.after.currency),
                    "\(client.chargedBefore) → \(client.chargedAfter)",
                    "\(client.lapsedBefore) → \(client.lapsedAfter)",
                    "\(client.assumptions.joined(separator: "; "))",
                ])
            }
            let (before, after) = (result.before, result.after)
            table.addFoot([
                "All", "<span class=\"money\">\(before)</span>", "<span class=\"money\">\(after)</span>",
                signed(after.minorUnits - before.minorUnits, after.currency), .empty, .empty, .empty,
            ])
            let changes = TermsDifference(from: latest, to: terms).changes.map { "<li>\($0.sentence)</li>" as HTML }
            return """
                <p>\(terms.name), on the work of \(result.months.lowerBound.written) to \(result.months.upperBound.written). Nothing was saved.</p>
                <div class="panel">\(table.html)</div>
                <section class="panel stack"><h2>What changes for a client</h2>\(changes.isEmpty ? "<p>Nothing.</p>" as HTML : "<ul>\(changes)</ul>")</section>
                """
        }
    }

    private static func signed(_ minorUnits: Int, _ currency: Currency) -> HTML {
        let amount = Money(minorUnits: minorUnits, currency)
        return
            "<span class=\"money \(minorUnits > 0 ? "added" : minorUnits < 0 ? "removed" : "")\">\(minorUnits > 0 ? "+" : "")\(amount)</span>"
    }
}

/// Terms as questions and answers, with examples that the engine computes.
enum TermsHTML {
    static func answers(_ terms: Terms) -> HTML {
        TermsInPlainLanguage(terms).answers.map { answer -> HTML in
            let example: HTML =
                answer.example.isEmpty
                ? .empty
                : "<div class=\"preview\">\(answer.example.map { "<p class=\"small\">Example: \($0)</p>" as HTML })</div>"
            return
                "<div class=\"stack tight\"><h3>\(answer.question)</h3>\(answer.sentences.map { "<p>\($0)</p>" as HTML })\(example)</div>"
        }.joined(separator: .empty)
    }
}
