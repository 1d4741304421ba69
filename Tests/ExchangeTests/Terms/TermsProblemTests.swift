import Agreements
import Exchange
import Testing
import Values

/// What is wrong with these bytes: `12 plan care-2: what is wrong -> what would be right`.
func termsProblems(_ bytes: some Sequence<UInt8>) -> [String] {
    do throws(Problems) {
        _ = try TermsFile.read(Array(bytes), file: "t.yaml")
        return []
    } catch {
        return error.all.map { problem in
            let place = problem.line.map { "\($0)" } ?? "-"
            let file = problem.file == "t.yaml" ? "" : "in no file: "
            return "\(place) \(file)\(problem.subject): \(problem.message) -> \(problem.fix)"
        }
    }
}

/// What is wrong with this text, as above.
func termsProblems(_ text: String) -> [String] { termsProblems(text.utf8) }

/// Terms without a problem, the ground that each test puts one on.
let soundTerms = """
    mainstay_terms: 1
    name: Support terms
    effective: 2026-01-01
    currency: USD
    list_rate: 165.00
    service_lines:
      web:
        name: Website maintenance
        covers: [research, training]
        covers_when_approved: [custom-rule]
    work_types:
      research: {name: Research}
      training: {name: Training, multiplier: 1.25}
      custom-rule:
        name: Custom rule
        list_rate: 225.00
      server: {name: Server work, charged: never}
    plans:
      care-2:
        name: Care 2
        service_line: web
        hours: 2
        fee: 290.00
        overage_rate: 155.00
      care-5: {name: Care 5, service_line: web, hours: 5, fee: 700.00, overage_discount: 15.00}
    blocks:
      price_per_hour: 150.00
      minimum: 5
      step: 5
      expires: following-month
    increment: {step: 30m, per: request-and-day}
    multipliers: {weigh: price, outside_business_hours: 1.5}
    business_hours: {days: [monday, friday], opens: 9:00, closes: 17:00}
    tolerance: {percent: 5, beyond: excess}
    late_time: adjust
    draw_order: best-for-client
    first_period: full
    upgrade: at-once
    approval: none
    negotiable: [overage_rate, hours]
    licensing: {billing: [monthly], upgrades: paid}

    """

@Suite("Problems of a terms file")
struct TermsProblemTests {
    /// One change to the sound terms, and every problem it makes.
    struct Slip: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var problems: [String]

        init(_ old: String, _ new: String, _ problems: String...) {
            (self.old, self.new, self.problems) = (old, new, problems)
        }

        var testDescription: String { "\(old) -> \(new)".split(separator: "\n").joined(separator: " / ") }
    }

    private func expect(_ slip: Slip) {
        let text = soundTerms.replacing(slip.old, with: slip.new)
        #expect(text != soundTerms)
        #expect(termsProblems(text) == slip.problems)
    }

    @Test("The sound terms have none")
    func sound() { #expect(termsProblems(soundTerms) == []) }

    @Test("A key that must be there is missing", arguments: missing)
    func keyIsMissing(_ slip: Slip) { expect(slip) }

    static let missing: [Slip] = [
        Slip("mainstay_terms: 1\n", "", #"1 terms: "mainstay_terms" is missing -> add "mainstay_terms: 1""#),
        Slip("name: Support terms\n", "", #"1 terms: "name" is missing -> add "name: Support terms""#),
        Slip("effective: 2026-01-01\n", "", #"1 terms: "effective" is missing -> add "effective: 2026-01-01""#),
        Slip("currency: USD\n", "", #"1 terms: "currency" is missing -> add "currency: USD""#),
        Slip("list_rate: 165.00\n", "", #"1 terms: "list_rate" is missing -> add "list_rate: 165.00""#),
        Slip("    name: Care 2\n", "", #"19 plan care-2: "name" is missing -> add "name: care-2""#),
        Slip("    service_line: web\n", "", #"19 plan care-2: "service_line" is missing -> add "service_line: web""#),
        Slip("    hours: 2\n", "", #"19 plan care-2: "hours" is missing -> add "hours: 5""#),
        Slip("    fee: 290.00\n", "", #"19 plan care-2: "fee" is missing -> add "fee: 500.00""#),
        Slip(
            "  price_per_hour: 150.00\n", "",
            #"26 terms, blocks: "price_per_hour" is missing -> add "price_per_hour: 150.00""#),
        Slip(
            ", per: request-and-day", "",
            #"31 terms, increment: "per" is missing -> add "per: request-and-day""#),
        Slip(", beyond: excess", "", #"34 terms, tolerance: "beyond" is missing -> add "beyond: excess""#),
        Slip(
            "billing: [monthly], ", "",
            #"41 terms, licensing: "billing" is missing -> add "billing: [monthly, annually]""#),
        Slip(
            ", upgrades: paid", "",
            #"41 terms, licensing: "upgrades" is missing -> add "upgrades: free-while-current""#),
        Slip(
            "work_types:\n", "work_type:\n",
            #"1 terms: "work_types" is missing -> add "work_types: {work-type-1: {name: …}}""#,
            #"11 terms: there is no key "work_type" -> did you mean "work_types"?"#),
    ]

    @Test("An amount is wrong", arguments: amounts)
    func amount(_ slip: Slip) { expect(slip) }

    static let amounts: [Slip] = [
        Slip(
            "list_rate: 165.00", "list_rate: -5.00",
            "5 terms, list_rate: the amount is negative: -5.00 -> write an amount of 0 or more"),
        Slip(
            "list_rate: 165.00", "list_rate: $165",
            "5 terms, list_rate: \"$165\" is no amount -> write a plain number such as 165.00, without a currency or "
                + "thousands separators"),
        Slip(
            "list_rate: 165.00", "list_rate: 1e3",
            "5 terms, list_rate: \"1e3\" is no amount -> write a plain number such as 165.00, without a currency or "
                + "thousands separators"),
        Slip(
            "    fee: 290.00", "    fee: 290.005",
            "23 plan care-2, fee: 290.005 has more decimals than USD has -> write at most 2"),
        Slip(
            "list_rate: 165.00", "list_rate: 10000000.01",
            "5 terms, list_rate: 10000000.01 is more than any rate or fee may be -> write at most 10000000.00"),
        Slip(
            "list_rate: 165.00", "list_rate: [1, 2]",
            "5 terms, list_rate: here belongs one value, not a list -> write something like 165.00"),
        Slip(
            "list_rate: 165.00", "list_rate:",
            "5 terms: \"list_rate\" has no value -> write it after the colon"),
        Slip(
            "overage_discount: 15.00", "overage_discount: 166.00",
            "25 plan care-5, overage_discount: the discount of $166.00 is over the list rate of $165.00 -> write a "
                + "discount of at most the list rate"),
        Slip(
            "overage_rate: 155.00", "overage_rate: 155.00\n    overage_discount: 5.00",
            "19 plan care-2: it has both overage_rate and overage_discount -> keep one of them"),
        Slip(
            "currency: USD", "currency: usd",
            #"4 terms, currency: "usd" cannot be read -> "#
                + "write something like USD, three capital letters"),
    ]

    @Test("A currency without cents takes no cents, and says so at every amount")
    func yen() {
        let lines = termsProblems(soundTerms.replacing("currency: USD", with: "currency: JPY")).map {
            $0.prefix { $0 != " " }
        }
        #expect(lines == ["5", "16", "23", "24", "25", "25", "27"])
        let whole = soundTerms.replacing("currency: USD", with: "currency: JPY").replacing(".00", with: "")
        #expect(termsProblems(whole) == [])
    }

    @Test("A time, a date or a number is wrong", arguments: quantities)
    func quantity(_ slip: Slip) { expect(slip) }

    static let quantities: [Slip] = [
        Slip(
            "effective: 2026-01-01", "effective: 2026-02-30",
            "3 terms, effective: \"2026-02-30\" cannot be read -> write something like 2026-01-31, a date of the calendar "
                + "as year-month-day"),
        Slip("hours: 2\n", "hours: -2\n", "22 plan care-2, hours: the time is negative: -2 -> write 0 or more"),
        Slip(
            "hours: 2\n", "hours: two\n",
            "22 plan care-2, hours: \"two\" is no length of time -> write something like 2, 2:30 or 30m"),
        Slip(
            "hours: 2\n", "hours: 90000000\n",
            "22 plan care-2, hours: 90000000 hours are too many -> write at most 87600000:00"),
        Slip("step: 30m", "step: 0", "31 terms, increment, step: 0:00 is too short -> write at least 0:01"),
        Slip("step: 30m", "step: 25", "31 terms, increment, step: 25:00 is too long -> write at most 24:00"),
        Slip("step: 5\n", "step: 0\n", "29 terms, blocks, step: 0:00 is too short -> write at least 0:01"),
        Slip(
            "minimum: 5", "minimum: 7",
            "26 terms, blocks: a minimum of 7:00 cannot be bought in steps of 5:00 -> make the minimum a multiple of the "
                + "step"),
        Slip(
            "multiplier: 1.25", "multiplier: 1.255",
            "13 work type training, multiplier: 1.255 is finer than steps of 0.01 -> write at most two decimals"),
        Slip(
            "multiplier: 1.25", "multiplier: 0",
            "13 work type training, multiplier: 0 is out of range -> write 0.01 to 10"),
        Slip(
            "multiplier: 1.25", "multiplier: 10.01",
            "13 work type training, multiplier: 10.01 is out of range -> write 0.01 to 10"),
        Slip(
            "multiplier: 1.25", "multiplier: -1",
            "13 work type training, multiplier: \"-1\" is no multiplier -> write a plain number such as 1.5"),
        Slip(
            "outside_business_hours: 1.5", "outside_business_hours: 0.5",
            "32 terms, multipliers, outside_business_hours: time outside business hours is never cheaper -> write 1.00 or "
                + "more"),
        Slip(
            "percent: 5", "percent: 101",
            "34 terms, tolerance, percent: \"101\" is no whole number from 1 to 100 -> write something like 1"),
        Slip(
            "upgrade: at-once", "upgrade: at-once\nwhen_hours_run_out: alow",
            "39 terms, when_hours_run_out: \"alow\" is none of the choices -> did you mean \"allow\"?"),
        Slip(
            "upgrade: at-once", "upgrade: at-once\nwhen_hours_run_out: {allow_up_to: 0}",
            "39 terms, when_hours_run_out, allow_up_to: 0:00 is too short -> write at least 0:01"),
        Slip(
            "upgrade: at-once", "upgrade: at-once\nwhen_hours_run_out: {up_to: 2}",
            "39 terms, when_hours_run_out: there is no key \"up_to\" -> known here: allow_up_to",
            "39 terms, when_hours_run_out: \"allow_up_to\" is missing -> add \"allow_up_to: 2:00\""),
        Slip(
            "expires: following-month", "expires: {months: -1}",
            "30 terms, blocks, expires, months: \"-1\" is no whole number from 0 to 120 -> write something like 0"),
        Slip(
            "opens: 9:00", "opens: 9",
            "33 terms, business_hours, opens: \"9\" cannot be read -> write something like 9:00, a time from 0:00 to 24:00"
        ),
        Slip(
            "closes: 17:00", "closes: 24:01",
            "33 terms, business_hours, closes: \"24:01\" cannot be read -> write something like 17:00, a time from 0:00 to "
                + "24:00"),
        Slip(
            "opens: 9:00", "opens: 17:00",
            "33 terms, business_hours: they close at or before they open -> write a closing time after the opening time"
        ),
    ]

    @Test("A name is not known", arguments: names)
    func name(_ slip: Slip) { expect(slip) }

    static let names: [Slip] = [
        Slip(
            "late_time: adjust", "late_tiem: adjust",
            #"35 terms: there is no key "late_tiem" -> did you mean "late_time"?"#),
        Slip(
            "    fee: 290.00", "    fee: 290.00\n    fees: 1",
            #"24 plan care-2: there is no key "fees" -> did you mean "fee"?"#),
        Slip(
            "covers: [research, training]", "covers: [reserch, training]",
            #"9 service line web, covers: there is no work type "reserch" -> did you mean "research"?"#),
        Slip(
            "    covers: [research, training]", "    covers:\n      - research\n      - tranning",
            #"11 service line web, covers: there is no work type "tranning" -> did you mean "training"?"#),
        Slip(
            "service_line: web\n", "service_line: wab\n",
            #"21 plan care-2, service_line: there is no service line "wab" -> did you mean "web"?"#),
        Slip(
            "late_time: adjust", "late_time: wave",
            #"35 terms, late_time: "wave" is none of the choices -> did you mean "waive"?"#),
        Slip(
            "draw_order: best-for-client", "draw_order: best",
            #"36 terms, draw_order: "best" is none of the choices -> known here: allotment-first, best-for-client, "#
                + "narrowest-scope, soonest-expiry"),
        Slip(
            "first_period: full", "first_period: fulll",
            #"37 terms, first_period: "fulll" is none of the choices -> did you mean "full"?"#),
        Slip(
            "upgrade: at-once\n", "upgrade: at-onec\n",
            #"38 terms, upgrade: "at-onec" is none of the choices -> did you mean "at-once"?"#),
        Slip(
            "approval: none", "approval: maybe",
            #"39 terms, approval: "maybe" is none of the choices -> known here: none, required"#),
        Slip(
            "negotiable: [overage_rate, hours]", "negotiable: [overage_rates, hours]",
            #"40 terms, negotiable: "overage_rates" is none of the choices -> did you mean "overage_rate"?"#),
        Slip(
            "expires: following-month", "expires: {month: 3}",
            #"30 terms, blocks, expires: there is no key "month" -> did you mean "months"?"#,
            #"30 terms, blocks, expires: "months" is missing -> add "months: 3""#),
        Slip(
            "weigh: price", "weigh: both",
            #"32 terms, multipliers, weigh: "both" is none of the choices -> known here: hours, price"#),
        Slip(
            "days: [monday, friday]", "days: [munday, friday]",
            #"33 terms, business_hours, days: "munday" is none of the choices -> did you mean "monday"?"#),
        Slip(
            "  care-2:\n", "  café:\n",
            #"19 plan café: "café" is no id -> use up to 64 small letters a-z, digits and hyphens, as in care-2"#),
        Slip(
            "  care-2:\n", "  Care 2:\n",
            #"19 plan Care 2: "Care 2" is no id -> use up to 64 small letters a-z, digits and hyphens, as in care-2"#),
    ]

    @Test("Two things do not go together, or one is there twice", arguments: contradictions)
    func contradiction(_ slip: Slip) { expect(slip) }

    static let contradictions: [Slip] = [
        Slip(
            "business_hours: {days: [monday, friday], opens: 9:00, closes: 17:00}\n", "",
            "32 terms, multipliers, outside_business_hours: there are no business hours to be outside of -> add "
                + "business_hours"),
        Slip(
            "percent: 5", "percent: 5, hours: 1",
            "34 terms, tolerance: it has both hours and percent -> keep one of them"),
        Slip(
            "percent: 5, ", "",
            "34 terms, tolerance: it has neither hours nor percent -> write one of them, as in percent: 5"),
        Slip(
            "charged: never", "charged: never, list_rate: 5.00",
            "17 work type server, list_rate: this work is never charged -> remove it, or write charged: yes"),
        Slip(
            "covers: [research, training]", "covers: [custom-rule]",
            "10 service line web, covers_when_approved: \"custom-rule\" is covered anyway -> name it in one of the two "
                + "lists"),
        Slip(
            "covers: [research, training]", "covers: [research, research]",
            "9 service line web, covers: \"research\" is there twice -> keep one of them"),
        Slip(
            "  care-5: {", "  care-2: {",
            "25 terms, plans: \"care-2\" is there twice, first on line 19 -> keep one of them"),
        Slip(
            "name: Support terms\n", "\"name\": Support terms\nname: Again\n",
            "3 terms: \"name\" is there twice, first on line 2 -> keep one of them"),
        Slip(
            "name: Support terms\n", "&a name: Support terms\nname: Again\n",
            "2 terms: a key is there twice: name -> keep one of them"),
    ]

    @Test("Something is empty, or of the wrong kind", arguments: kinds)
    func kind(_ slip: Slip) { expect(slip) }

    static let kinds: [Slip] = [
        Slip(
            "tolerance: {percent: 5, beyond: excess}", "tolerance: 5",
            "34 terms, tolerance: here belong keys with values, not \"5\" -> write \"key: value\" lines, indented alike"
        ),
        Slip(
            "multipliers: {weigh: price, outside_business_hours: 1.5}", "multipliers: [1.5]",
            "32 terms, multipliers: here belong keys with values, not a list -> write \"key: value\" lines, indented alike"
        ),
        Slip(
            "covers: [research, training]", "covers: {a: b}",
            "9 service line web, covers: here belongs a list, not a set of keys -> write [a, b, c]"),
        Slip(
            "  server: {name: Server work, charged: never}", "  server:",
            "17 work type server: here belong keys with values, not nothing -> write \"key: value\" lines, indented alike"
        ),
        Slip("late_time: adjust", "late_time:", "35 terms: \"late_time\" has no value -> write it after the colon"),
        Slip(
            "days: [monday, friday]", "days: []",
            "33 terms, business_hours, days: there is no day -> name at least one"),
        Slip(
            "billing: [monthly]", "billing: []",
            "41 terms, licensing, billing: there is no way of billing -> write [monthly, annually], or one of them"),
        Slip(
            "covers: [research, training]\n    covers_when_approved: [custom-rule]", "covers: []",
            "9 service line web, covers: the line covers nothing -> name at least one work type"),
        Slip(
            "name: Support terms", "name: ''", "2 terms, name: it is empty -> write something like Support terms"),
        Slip(
            "name: Support terms", #"name: "a\eb""#,
            "2 terms, name: it has a control character: \"a b\" -> write plain text"),
        Slip(
            "name: Support terms", "name: !secret Support terms",
            "2 terms, name: the tag \"!secret\" is not read -> remove it"),
        Slip(
            "late_time: adjust", "<<: {late_time: adjust}",
            "35 terms: merge keys (<<) are not read -> write the keys out"),
        Slip(
            "late_time: adjust", "? [a, b]\n: c", "35 terms: a key is not plain text -> write a plain name"),
    ]

    @Test("A part that must have entries has none", arguments: ["service_lines", "work_types", "plans"])
    func emptyParts(_ part: String) {
        let line = ["service_lines": 6, "work_types": 11, "plans": 18][part] ?? 0
        let of = part.replacing("_", with: " ").dropLast()
        let text = soundTerms.replacing("\(part):\n", with: "\(part): {}\nother:\n")
        let problem = "\(line) terms, \(part): there is none -> define at least one \(of)"
        #expect(termsProblems(text).contains(problem))
    }

    @Test("A newer version is told apart from a mistake, and nothing else is said")
    func version() {
        let newer = soundTerms.replacing("mainstay_terms: 1", with: "mainstay_terms: 2") + "new_key: 1\n"
        #expect(
            termsProblems(newer) == [
                "1 terms, mainstay_terms: the file is of version 2, and this program reads version 1 -> use a newer "
                    + "mainstay"
            ])
    }

    @Test("Many slips at once are all told, in the order of the lines")
    func many() {
        var text = soundTerms
        for (old, new) in [
            ("name: Support terms\n", "name: Support terms\nname: Again\n"), ("2026-01-01", "soon"),
            ("list_rate: 165.00", "list_rate: -1"), ("covers: [research", "covers: [serach"),
            ("    service_line: web\n", ""), ("    fee: 290.00\n", "    fee: 290\n    fee: 300\n"),
            ("opens: 9:00", "opens: late"), ("tolerance: {percent: 5, ", "tolerance: {"),
        ] { text = text.replacing(old, with: new) }
        let places = termsProblems(text).map { $0.split(separator: ": ", maxSplits: 1)[0] }
        #expect(
            places == [
                "3 terms", "4 terms, effective", "6 terms, list_rate", "10 service line web, covers", "20 plan care-2",
                "24 plan care-2", "34 terms, business_hours, opens", "35 terms, tolerance",
            ])
    }
}
