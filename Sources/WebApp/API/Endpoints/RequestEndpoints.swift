import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values

/// Requests: what is asked, what was written, what becomes of it.
enum RequestEndpoints {
    private static func id(_ visit: APIVisit) throws -> RequestID { try visit.request().id }

    static let all: [APIEndpoint] = [
        .get(
            "/requests", "listRequests",
            "Requests, those that changed last first; those not done where no state is given.",
            isForContacts: true,
            query: [
                .init(name: "client", schema: .id), .init(name: "assignee", schema: .id),
                .init(name: "state", schema: .word(RequestState.allCases.map(\.rawValue), "Where they stand.")), .page,
                .init(name: "cursor", schema: .id),
            ], answer: .list(of: APIJSON.requestSchema)
        ) { visit in
            let asked = visit.query.optional("client").map { ClientID($0) }
            if let own = visit.actor.client, let asked, asked != own { throw APIProblem.missing }
            let cursor = visit.query.optional("cursor").map { RequestID($0) }
            let states = visit.query.optional("state").flatMap { RequestState(rawValue: $0) }.map { [$0] } ?? []
            let client = visit.actor.client ?? asked
            let rows = try visit.read { connection in
                let board = RequestBoard(connection)
                if let cursor {
                    guard let last = try board.request(cursor), client == nil || last.client == client else {
                        throw APIProblem.missing
                    }
                }
                return try board.requests(
                    .init(
                        states: Set(states), client: client,
                        assignee: visit.actor.client == nil ? visit.query.optional("assignee") : nil),
                    limit: visit.limit + 1, after: cursor)
            }
            let page = rows.prefix(visit.limit)
            return .page(
                page.map { APIJSON.request($0, for: visit.actor) },
                next: rows.count > visit.limit ? page.last?.id.text : nil)
        },
        .post(
            "/requests", "openRequest", "Open a request.", .requests, isForContacts: true,
            body: .object([
                .must("client", .id), .must("service_line", .id), .may("project", .id),
                .must("title", .words("In a few words.")), .may("message", .text("What the client wrote.")),
                .may("contact", .id),
            ])
        ) { visit in
            try visit.recorded(
                OpenRequest(
                    client: ClientID(visit.required("client")),
                    serviceLine: ServiceLineID(visit.required("service_line")),
                    project: visit.text("project").map { ProjectID($0) }, title: visit.required("title"),
                    message: visit.text("message"), contact: visit.text("contact")))
        }.making("getRequest", "request"),
        .get(
            "/requests/{request}", "getRequest", "A request with its conversation.", isForContacts: true,
            answer: APIJSON.conversationSchema
        ) {
            visit in
            let row = try visit.request()
            let messages = try visit.read { try Conversation($0).messages(of: row.id, for: visit.actor.client) }
            return .json(APIJSON.request(row, messages, for: visit.actor))
        },
        .post(
            "/requests/{request}/messages", "writeMessage", "Write an answer, or a note that only staff read.",
            .requests,
            isForContacts: true,
            body: .object([
                .must("text", .text("What it says.")), .may("internal", .flag("Whether only staff read it.")),
            ])
        ) { visit in
            try visit.recorded(
                WriteMessage(request: try id(visit), text: visit.required("text"), isInternal: visit.flag("internal")))
        },
        {
            var upload = APIEndpoint.post(
                "/requests/{request}/attachments/{name}", "sendAttachment", "Send a file, as a message of its own.",
                .requests, isForContacts: true
            ) { visit in
                try visit.recorded(
                    WriteMessage(
                        request: try id(visit), text: "", isInternal: false,
                        attachments: [NewAttachment(name: try visit.named("name"), content: visit.file)]))
            }
            upload.takesFile = true
            return upload
        }(),
        .get(
            "/attachments/{attachment}", "getAttachment", "A file that came with a message.", isForContacts: true,
            answer: .text("Its bytes.")
        ) {
            visit in
            let id = try visit.named("attachment")
            let found = try visit.read { connection in
                let conversation = Conversation(connection)
                return try visit.actor.client.map { try conversation.attachment(id, for: $0) }
                    ?? conversation.attachment(id)
            }
            guard let found else { throw APIProblem.missing }
            return .file(found.content, name: found.attachment.name, type: "application/octet-stream")
        },
        .post(
            "/requests/{request}/accept", "acceptRequest", "Take a new request on.", .requests,
            body: .object([
                .may("service_line", .id), .may("project", .id), .may("work_type", .id), .may("assignee", .id),
            ])
        ) { visit in
            try visit.recorded(
                AcceptRequest(
                    request: try id(visit), serviceLine: visit.text("service_line").map { ServiceLineID($0) },
                    project: visit.text("project").map { ProjectID($0) },
                    workType: visit.text("work_type").map { WorkTypeID($0) }, assignee: visit.text("assignee")))
        },
        .post(
            "/requests/{request}/decline", "declineRequest",
            "Decline a request, with the reason that the client reads.",
            .requests, body: .object([.must("reason", .words("Why."))])
        ) { visit in
            try visit.recorded(DeclineRequest(request: try id(visit), reason: visit.required("reason")))
        },
        .post(
            "/requests/{request}/merge", "mergeRequest", "Let a request go on in another of the same client.",
            .requests,
            body: .object([.must("into", .id)])
        ) { visit in
            try visit.recorded(MergeRequest(request: try id(visit), into: RequestID(visit.required("into"))))
        },
        .post(
            "/requests/{request}/snooze", "snoozeRequest", "Put a request aside until a day.", .requests,
            body: .object([.must("until", .date)])
        ) { visit in
            try visit.recorded(SnoozeRequest(request: try id(visit), until: try visit.must(try visit.date("until"))))
        },
        .post(
            "/requests/{request}/assignee", "assignRequest", "Give a request to somebody, or to nobody.", .requests,
            body: .object([.may("person", .id)])
        ) { visit in
            try visit.recorded(AssignRequest(request: try id(visit), to: visit.text("person")))
        },
        .post(
            "/requests/{request}/state", "setRequestState", "Say where a request stands.", .requests,
            body: .object([.must("state", .word(["open", "waiting", "done"], "Where it stands."))])
        ) { visit in
            try visit.recorded(
                SetRequestState(request: try id(visit), state: RequestState(rawValue: visit.required("state")) ?? .open)
            )
        },
        .post(
            "/requests/{request}/move", "moveRequest", "Move a request with all its time.", .agreements,
            body: .object([
                .may("client", .id), .may("service_line", .id), .may("project", .id), .must("reason", .words("Why.")),
            ])
        ) { visit in
            try visit.recorded(
                MoveRequest(
                    request: try id(visit), client: visit.text("client").map { ClientID($0) },
                    serviceLine: visit.text("service_line").map { ServiceLineID($0) },
                    project: visit.text("project").map { ProjectID($0) }, reason: visit.required("reason")))
        },
        .post(
            "/requests/{request}/approval", "approveRequest", "Record that the client asked for the work of a request.",
            .requests, isForContacts: true, body: .object([.must("by", .words("Who."))])
        ) { visit in
            try visit.recorded(ApproveRequest(request: try id(visit), by: visit.required("by")))
        },
        .post(
            "/requests/{request}/permits", "givePermit", "Record that the client approves overage.", .requests,
            isForContacts: true,
            body: .object([.must("hours", .length), .must("until", .date), .must("by", .words("Who."))])
        ) { visit in
            try visit.recorded(
                GivePermit(
                    request: try id(visit), hours: try visit.must(try visit.hours("hours")),
                    until: try visit.must(try visit.date("until")), by: visit.required("by")))
        },
    ]
}
