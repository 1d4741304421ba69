import Agreements
import Formats
import HTTPTypes
import Rating
import ServiceDesk
import Storage
import Values

/// Time: logged, corrected, withdrawn, given; the timer.
enum TimeEndpoints {
    private static func entry(_ visit: APIVisit) throws -> EntryID { EntryID(try visit.named("entry")) }

    /// When work was: a date or a time of day and how long, or from when to when.
    private static let when: [APISchema.Property] = [
        .may("date", .date), .may("hours", .length),
        .may(
            "at",
            .text(
                "When it began, on the client's clock of that date.", pattern: "^([01]?[0-9]|2[0-3]):[0-5][0-9]$",
                example: "14:00")),
        .may("start", .instant), .may("end", .instant),
    ]

    private static func given(_ visit: APIVisit) throws -> GivenTime {
        let given = GivenTime(
            date: try visit.date("date"), hours: try visit.hours("hours"),
            clock: try visit.text("at").map { try TypedInput.clock($0) }, start: try visit.instant("start"),
            end: try visit.instant("end"))
        let wrong = given.contradictions.map { APIFault("/\($0.subject)", "invalid", $0.message, fix: $0.fix) }
        guard wrong.isEmpty else { throw APIProblem.invalid(wrong) }
        return given
    }

    private static func asked(_ visit: APIVisit) throws -> LogTime {
        let given = try given(visit)
        let isWhole = given.end != nil && (given.start != nil || given.clock != nil)
        guard given.hours != nil || isWhole else {
            throw APIProblem.invalid([
                APIFault("/hours", "missing", "how long it took is missing", fix: "give hours, or start and end")
            ])
        }
        return LogTime(
            request: RequestID(visit.required("request")), workType: WorkTypeID(visit.required("work_type")),
            given: given, note: visit.text("note") ?? "", person: visit.text("person"),
            allowsLong: visit.flag("allow_long"))
    }

    private static let logBody = APISchema.object(
        [.must("request", .id), .must("work_type", .id)] + when + [
            .may("note", .text("What was done.")), .may("person", .id),
            .may("allow_long", .flag("Whether it may be longer than a day's work.")),
        ])

    static let all: [APIEndpoint] = [
        .post("/time", "logTime", "Log time on a request.", .time, body: logBody) { try $0.recorded(try asked($0)) }
            .making("getTime", "entry"),
        {
            var preview = APIEndpoint.post(
                "/time/preview", "previewTime", "What an entry would cost; nothing is recorded.", .read, body: logBody,
                answer: .object([
                    .must("sentence", .text("All of it in a sentence.")), .must("parts", .list(.text("A part."))),
                    .must("others", .list(.text("Another entry that would be paid otherwise."))),
                    .must("remarks", .list(.text("What else one should know."))),
                    .must(
                        "bills",
                        .list(.object([.must("period", .period), .must("before", .amount), .must("after", .amount)]))),
                ]), status: .ok
            ) { visit in
                let asked = try asked(visit)
                let preview = try visit.preview {
                    try EntryPreview($0, request: asked.request, workType: asked.workType, given: asked.given)
                }
                return .json(APIJSON.preview(preview))
            }
            preview.isPreview = true
            return preview
        }(),
        .get(
            "/requests/{request}/time", "listTime", "The time on a request as it stands.", isForContacts: true,
            answer: .list(of: APIJSON.entrySchema)
        ) { visit in
            let row = try visit.request()
            let work = try visit.preview { try $0.facts().work(on: row.id) }
            return .page(work.standingEntries(on: row.id).map(APIJSON.entry), next: nil)
        },
        .post(
            "/time/line", "logTimeLine",
            "Log time in one line: the request, how long or from when to when, the day, the kind of work, and a note.",
            .time, body: .object([.must("line", .text("For example: r-17 20m troubleshooting: checked the labels"))]),
            answer: .object(APISchema.recordedMembers + [.must("understood", .text("All of it as it was understood."))])
        ) { visit in
            let logged = try visit.perform(LogTimeLine(line: visit.required("line")))
            return .json(
                .object(APIReply.members(of: logged.recorded) + [("understood", .string(logged.understood))]))
        },
        .get(
            "/time/{entry}/outcome", "getTimeOutcome",
            "What an entry comes to on the statement of its month, in words.",
            answer: .object([
                .must("entry", .id), .must("request", .id), .must("title", .text("What the request is about.")),
                .must("date", .date), .must("hours", .hours),
                .must("parts", .list(.text("What pays for a part of it."))),
                .must("left", .list(.text("What is left in its month."))),
            ])
        ) { visit in
            let id = try entry(visit)
            guard try visit.read({ try !visit.site.desk.loader($0).entry(id).timeEntries.isEmpty }) else {
                throw APIProblem.missing
            }
            return .json(APIJSON.outcome(try visit.preview { try EntryOutcome($0, id) }))
        },
        .get("/time/{entry}", "getTime", "A time entry as it stands.", answer: APIJSON.entrySchema) { visit in
            let id = try entry(visit)
            let facts = try visit.read { try visit.site.desk.loader($0).entry(id) }
            guard let entry = facts.timeCorrections.last?.entry ?? facts.timeEntries.first else {
                throw APIProblem.missing
            }
            return .json(APIJSON.entry(entry, isVoid: !facts.timeVoids.isEmpty))
        },
        .post(
            "/time/{entry}/correction", "correctTime",
            "Correct a time entry. What is not given stays as it was: a new length or a new end leaves the start, another "
                + "date leaves the time of day, another time of day the length.", .time,
            body: .object(
                [.may("request", .id), .may("work_type", .id)] + when + [
                    .may("note", .text("What was done.")), .must("reason", .words("Why.")),
                    .may("allow_long", .flag("Whether it may be longer than a day's work.")),
                ])
        ) { visit in
            let id = try entry(visit)
            let facts = try visit.read { try visit.site.desk.loader($0).entry(id) }
            guard !facts.timeEntries.isEmpty else { throw APIProblem.missing }
            return try visit.recorded(
                CorrectTime(
                    entry: id, request: visit.text("request").map { RequestID($0) },
                    workType: visit.text("work_type").map { WorkTypeID($0) },
                    given: try given(visit), note: visit.text("note"),
                    reason: visit.required("reason"),
                    allowsLong: visit.flag("allow_long")))
        },
        .post(
            "/time/{entry}/void", "voidTime", "Withdraw a time entry.", .time,
            body: .object([.must("reason", .words("Why."))])
        ) { visit in
            try visit.recorded(VoidTime(entry: try entry(visit), reason: visit.required("reason")))
        },
        .post(
            "/time/{entry}/courtesy", "giveCourtesy", "Give time of an entry, all of it where no hours are given.",
            .agreements, body: .object([.may("hours", .length), .must("reason", .words("Why."))])
        ) { visit in
            try visit.recorded(
                GiveCourtesy(entry: try entry(visit), hours: try visit.hours("hours"), reason: visit.required("reason"))
            )
        },
        .post("/time/{entry}/approval", "approveTime", "Approve somebody's time.", .agreements) { visit in
            try visit.recorded(ApproveTime(entry: try entry(visit)))
        },
        .get(
            "/timer", "getTimer", "One's own timer.",
            answer: .object([
                .must("running", .flag("Whether it runs.")), .may("request", .id), .may("work_type", .id),
                .may("since", .instant), .may("note", .text("The note.")),
            ])
        ) { visit in
            let timer = try visit.read { try Timers($0).running(of: visit.actor.id) }
            return .json(APIJSON.timer(timer))
        },
        .post(
            "/timer/start", "startTimer", "Start one's timer.", .time,
            body: .object([.must("request", .id), .must("work_type", .id), .may("note", .words("What is done."))])
        ) { visit in
            let started = try visit.perform(
                StartTimer(
                    request: RequestID(visit.required("request")), workType: WorkTypeID(visit.required("work_type")),
                    note: visit.text("note") ?? ""))
            return .recorded(started)
        },
        .post(
            "/timer/stop", "stopTimer", "Stop one's timer, and save its time.", .time,
            body: .object([.may("note", .words("What was done."))])
        ) { visit in
            .recorded(try visit.perform(StopTimer(note: visit.text("note"))))
        },
    ]
}
