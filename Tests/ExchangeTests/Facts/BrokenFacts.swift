import Testing

/// Facts that are wrong by themselves, each with a piece of what must be said about it. The reader and the schema both
/// refuse them.
struct BrokenFact: CustomTestStringConvertible, Sendable {
    let json: String
    let says: String

    var testDescription: String { "\(says): \(json.prefix(300))" }

    private init(_ json: String, _ says: String) {
        self.json = json
        self.says = says
    }

    private static let at = "\"recorded_at\": \"2026-01-05T19:00:00Z\""
    private static let time =
        "\"fact\": \"time\", \(at), \"id\": \"e\", \"request\": \"r\", \"person\": \"Ana\", \"work_type\": \"dev\""
    private static let block =
        "\"fact\": \"block\", \(at), \"id\": \"b\", \"client\": \"c\", \"hours\": \"5:00\", \"price_per_hour\": \"150\", "
        + "\"bought_on\": \"2026-01-12\""
    private static let negotiated = "\"fact\": \"negotiated\", \(at), \"contract\": \"c\", \"from\": \"2026-01-01\""
    private static let closing = "\"fact\": \"closing\", \(at), \"client\": \"c\", \"period\": \"2026-01\""

    static let all: [BrokenFact] = [
        // The kind and the keys.
        BrokenFact("{\(at)}", "\"fact\" is missing"),
        BrokenFact("{\"fact\": \"tiem\", \(at)}", "did you mean \"time\"?"),
        BrokenFact("{\"fact\": 1, \(at)}", "\"fact\" is not a text"),
        BrokenFact("[]", "it is no object"),
        BrokenFact("17", "it is no object"),
        BrokenFact(
            "{\(time), \"date\": \"2026-01-05\", \"hours\": \"1:30\", \"nite\": \"x\"}", "did you mean \"note\"?"),
        BrokenFact("{\(time), \"date\": \"2026-01-05\", \"hours\": \"1:30\", \"colour\": \"x\"}", "leave it out"),
        BrokenFact(
            "{\"fact\": \"project\", \"id\": \"p\", \"client\": \"c\", \"name\": \"x\"}", "\"recorded_at\" is missing"),
        BrokenFact(
            "{\"fact\": \"project\", \(at), \"id\": null, \"client\": \"c\", \"name\": \"x\"}", "\"id\" is missing"),
        BrokenFact(
            "{\"fact\": \"project\", \(at), \"id\": \"\", \"client\": \"c\", \"name\": \"x\"}", "\"id\" is no id"),
        BrokenFact(
            "{\"fact\": \"project\", \(at), \"id\": \"a\\u0007b\", \"client\": \"c\", \"name\": \"x\"}",
            "\"id\" is no id"),
        BrokenFact(
            "{\"fact\": \"project\", \(at), \"id\": \"\(String(repeating: "x", count: 201))\", \"client\": \"c\", "
                + "\"name\": \"x\"}", "201 bytes"),
        BrokenFact("{\"fact\": \"project\", \(at), \"id\": 17, \"client\": \"c\", \"name\": \"x\"}", "\"17\""),
        // Dates and times.
        BrokenFact("{\(time), \"date\": \"05.01.2026\", \"hours\": \"1:30\"}", "\"date\" is \"05.01.2026\""),
        BrokenFact("{\(time), \"date\": \"2026-13-01\", \"hours\": \"1:30\"}", "\"date\" is"),
        BrokenFact("{\(time), \"date\": \"2026-01-05\"}", "\"hours\" is missing"),
        BrokenFact("{\(time), \"hours\": \"1:30\"}", "\"date\" is missing"),
        BrokenFact("{\(time)}", "\"date\" is missing"),
        BrokenFact("{\(time), \"start\": \"2026-01-05T09:00:00Z\"}", "\"end\" is missing"),
        BrokenFact(
            "{\(time), \"start\": \"2026-01-05T09:00:00Z\", \"end\": \"2026-01-05T10:00:00Z\", \"date\": \"2026-01-05\"}",
            "a date or hours as well as start or end"),
        BrokenFact(
            "{\(time), \"start\": \"2026-01-05T09:00:00\", \"end\": \"2026-01-05T10:00:00Z\"}", "\"start\" is"),
        BrokenFact("{\(time), \"date\": \"2026-01-05\", \"hours\": 1.5}", "write it in double quotes: \"1.5\""),
        BrokenFact("{\(time), \"date\": \"2026-01-05\", \"hours\": \"-1:30\"}", "\"hours\" is \"-1:30\""),
        BrokenFact("{\(time), \"date\": \"2026-01-05\", \"hours\": \"1:60\"}", "\"hours\" is"),
        BrokenFact("{\(time), \"date\": \"2026-01-05\", \"hours\": \"soon\"}", "\"hours\" is"),
        BrokenFact("{\(time), \"date\": \"2026-01-05\", \"hours\": true}", "\"hours\" is not a text"),
        BrokenFact(
            "{\(time), \"date\": \"2026-01-05\", \"hours\": \"1:30\", \"note\": [\"x\"]}", "\"note\" is not a text"),
        BrokenFact(
            "{\"fact\": \"client-zone\", \(at), \"client\": \"c\", \"zone\": \"UTC\", \"from\": \"2026-00\"}",
            "\"from\" is"),
        BrokenFact(
            "{\"fact\": \"client-zone\", \(at), \"client\": \"c\", \"zone\": \"PST\", \"from\": \"2026-01\"}",
            "\"zone\" is \"PST\""),
        // Money and choices.
        BrokenFact(
            "{\"fact\": \"client\", \(at), \"id\": \"c\", \"name\": \"C\", \"zone\": \"UTC\", \"currency\": \"usd\"}",
            "\"currency\" is \"usd\""),
        BrokenFact("{\(negotiated), \"fee\": \"-5.00\"}", "\"fee\" is \"-5.00\""),
        BrokenFact("{\(negotiated), \"fee\": \"1,000.00\"}", "\"fee\" is"),
        BrokenFact("{\(negotiated), \"fee\": 5}", "\"fee\" is not a text"),
        BrokenFact("{\(negotiated)}", "it sets nothing"),
        BrokenFact("{\(negotiated), \"late_time\": \"waiv\"}", "did you mean \"waive\"?"),
        BrokenFact("{\(negotiated), \"upgrade\": \"now\"}", "\"upgrade\" is"),
        BrokenFact("{\(negotiated), \"increment\": \"0:15\"}", "\"increment\" is no object"),
        BrokenFact("{\(negotiated), \"increment\": {\"step\": \"0:15\"}}", "\"per\" is missing"),
        BrokenFact("{\(negotiated), \"increment\": {\"per\": \"entry\"}}", "\"step\" is missing"),
        BrokenFact("{\(negotiated), \"increment\": {\"step\": \"0:15\", \"per\": \"day\"}}", "\"per\" is \"day\""),
        BrokenFact(
            "{\(negotiated), \"increment\": {\"step\": \"0:15\", \"per\": \"entry\", \"may_cause_overage\": 1}}",
            "neither true nor false"),
        BrokenFact(
            "{\(negotiated), \"when_hours_run_out\": \"alow\"}", "did you mean \"allow\"?, or {\"allow_up_to\""),
        BrokenFact("{\(negotiated), \"when_hours_run_out\": {}}", "\"allow_up_to\" is missing"),
        BrokenFact("{\(negotiated), \"when_hours_run_out\": true}", "neither a text nor an object"),
        BrokenFact("{\(negotiated), \"tolerance\": {}}", "either hours or percent"),
        BrokenFact(
            "{\(negotiated), \"tolerance\": {\"hours\": \"0:15\", \"percent\": 10}}", "either hours or percent"),
        BrokenFact("{\(negotiated), \"tolerance\": {\"percent\": 101}}", "no whole number from 0 to 100"),
        BrokenFact("{\(negotiated), \"tolerance\": {\"percent\": \"10\"}}", "no whole number"),
        BrokenFact("{\(negotiated), \"tolerance\": {\"percent\": 10, \"beyond\": \"most\"}}", "\"beyond\" is \"most\""),
        BrokenFact("{\(negotiated), \"tolerance\": {\"percent\": 10, \"margin\": \"x\"}}", "no key \"margin\""),
        // Contracts and blocks.
        BrokenFact(
            "{\"fact\": \"contract\", \(at), \"id\": \"k\", \"client\": \"c\", \"service_line\": \"web\", \"plan\": \"p\", "
                + "\"from\": \"2026-01-01\", \"rank\": -1}", "no whole number from 0 to 1000"),
        BrokenFact(
            "{\"fact\": \"contract\", \(at), \"id\": \"k\", \"client\": \"c\", \"service_line\": \"web\", \"plan\": \"p\", "
                + "\"from\": \"2026-01-01\", \"projects\": \"x\"}", "\"projects\" is no list"),
        BrokenFact(
            "{\"fact\": \"contract\", \(at), \"id\": \"k\", \"client\": \"c\", \"service_line\": \"web\", \"plan\": \"p\", "
                + "\"from\": \"2026-01-01\", \"projects\": [1]}", "\"projects\" holds something that is no id"),
        BrokenFact("{\(block)}", "\"expires\" is missing"),
        BrokenFact("{\(block), \"expires\": \"soon\"}", "\"expires\" is \"soon\""),
        BrokenFact("{\(block), \"expires\": \"project-done\"}", "it ends with a project, but is for none"),
        BrokenFact("{\(block), \"expires\": \"2026-02-28\", \"last_day\": \"2026-02-27\"}", "two last days"),
        BrokenFact(
            "{\(block), \"expires\": \"never\", \"last_day\": \"2026-02-27\"}", "never expires and has a last day"),
        BrokenFact(
            "{\(block), \"expires\": \"never\", \"project\": \"p\", \"service_line\": \"web\"}",
            "for a project and for a service line"),
        BrokenFact("{\"fact\": \"block-change\", \(at), \"block\": \"b\", \"reason\": \"x\"}", "it changes nothing"),
        // Closings.
        BrokenFact("{\(closing)}", "\"positions\" is missing"),
        BrokenFact("{\(closing), \"positions\": {}}", "\"positions\" is no list"),
        BrokenFact("{\(closing), \"positions\": [1]}", "positions[0]: it is no object"),
        BrokenFact("{\(closing), \"positions\": [], \"available\": []}", "\"available\" is no object"),
        BrokenFact("{\(closing), \"positions\": [], \"available\": {\"b\": \"1:00\"}}", "\"available\" has \"b\""),
        BrokenFact(
            "{\(closing), \"positions\": [], \"available\": {\"block:b\": \"-1:00\"}}", "no hours for block:b"),
        BrokenFact(
            "{\(closing), \"positions\": [], \"available_earlier\": {\"block:b\": \"1:00\"}}",
            "\"available_earlier\" is no list"),
        BrokenFact(
            "{\(closing), \"positions\": [], \"available_earlier\": [{\"hours\": {\"block:b\": \"1:00\"}}]}",
            "available_earlier[0]: \"period\" is missing"),
        BrokenFact(
            "{\(closing), \"positions\": [{\"period\": \"2026-01\", \"about\": \"nothing:x\", \"amount\": \"0.00\"}]}",
            "\"about\" is \"nothing:x\""),
        BrokenFact(
            "{\(closing), \"positions\": [{\"period\": \"2026-01\", \"about\": \"entry:\", \"amount\": \"0.00\"}]}",
            "\"about\" is \"entry:\""),
        BrokenFact(
            "{\(closing), \"positions\": [{\"period\": \"2026-01\", \"about\": \"entry:e\"}]}", "\"amount\" is missing"),
        BrokenFact(
            "{\(closing), \"positions\": [{\"period\": \"2026-01\", \"about\": \"entry:e\", \"amount\": \"x\"}]}",
            "\"amount\" is \"x\""),
        BrokenFact(
            "{\(closing), \"positions\": [{\"period\": \"2026-01\", \"about\": \"entry:e\", \"amount\": \"1.00\", "
                + "\"draws\": {\"allotment:2026:k\": \"1:00\"}}]}", "\"draws\" has \"allotment:2026:k\""),
    ]
}
