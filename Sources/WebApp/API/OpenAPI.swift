import Exchange
import Formats
import HTTPTypes
import NIOCore
import ServiceDesk
import SiteKit
import Values

/// The table of endpoints.
enum APITable {
    static let endpoints: [APIEndpoint] =
        ClientEndpoints.all + AgreementEndpoints.all + RequestEndpoints.all + TimeEndpoints.all
        + StatementEndpoints.all + TermsEndpoints.all + ImportEndpoints.all + PeopleEndpoints.all + AccessEndpoints.all
        + WebhookEndpoints.all

    static let routes: [Route] =
        [.get("/openapi.json") { _ in Reply(content: .shared(OpenAPI.bytes, type: "application/json")) }]
        + endpoints.map { endpoint in
            Route(
                method: endpoint.method, path: endpoint.fullPath, rule: .token(endpoint),
                limit: endpoint.takesFile || endpoint.isLarge ? .upload : .form
            ).on(endpoint.lane)
        }

    /// The methods that a path has; none where it is no path of the API.
    static func methods(of path: String) -> [String] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return Set(
            endpoints.filter { endpoint in
                let own = endpoint.fullPath.split(separator: "/", omittingEmptySubsequences: false)
                return own.count == parts.count
                    && zip(own, parts).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && !$1.isEmpty) }
            }.map(\.method.rawValue)
        ).sorted()
    }
}

/// The description of the API for programs (OpenAPI 3.1), made of the same table as its routes.
package enum OpenAPI {
    /// The document; the same bytes each time.
    package static let document: String = json.pretty + "\n"

    /// The document as it is sent.
    static let bytes = ByteBuffer(string: document)

    private static var json: JSONText {
        .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Mainstay")), ("version", .string("1")),
                    (
                        "description",
                        .string(
                            "Care after the sale: clients, requests, time and statements, with the reason for every figure. Errors are application/problem+json (RFC 9457). Whatever records something takes an Idempotency-Key: sent again under its key it is done once, and gets the first answer."
                        )
                    ),
                    ("license", .object([("name", .string("Apache-2.0")), ("identifier", .string("Apache-2.0"))])),
                ])
            ),
            ("servers", .list([.object([("url", .string("/api/v1"))])])),
            ("security", .list([.object([("token", .list([]))])])),
            ("paths", .object(paths)),
            (
                "components",
                .object([
                    (
                        "securitySchemes",
                        .object([
                            (
                                "token",
                                .object([
                                    ("type", .string("http")), ("scheme", .string("bearer")),
                                    ("description", .string("A token that its owner made: mainstay token make.")),
                                ])
                            )
                        ])
                    ),
                    ("schemas", .object([("Problem", problem.openAPI)])),
                ])
            ),
        ])
    }

    private static let problem = APISchema.object([
        .must("type", .text("Where the code is described.")), .must("title", .text("What is wrong, for people.")),
        .must("status", .whole(400...599, "The status.")), .must("code", .text("What is wrong, for programs.")),
        .may("detail", .text("More about it.")), .may("request_id", .text("What to tell us about it.")),
        .may(
            "errors",
            .list(
                .object([
                    .may("pointer", .text("Where in what was sent (RFC 6901).")), .must("code", .text("For programs.")),
                    .must("detail", .text("What is wrong.")), .must("fix", .text("What would be right.")),
                ]))),
    ])

    private static var paths: [(String, JSONText)] {
        var seen: [String] = []
        for endpoint in APITable.endpoints where !seen.contains(endpoint.path) { seen.append(endpoint.path) }
        return seen.map { path in
            (
                path,
                .object(
                    APITable.endpoints.filter { $0.path == path }.map {
                        ($0.method.rawValue.lowercased(), operation($0))
                    })
            )
        }
    }

    private static func operation(_ endpoint: APIEndpoint) -> JSONText {
        var parameters = endpoint.parameters.map { name in
            parameter(name, "path", name == "period" ? .period : name == "effective" ? .date : .id, isRequired: true)
        }
        parameters += endpoint.query.map { parameter($0.name, "query", $0.schema, isRequired: false) }
        if endpoint.needsKey {
            parameters.append(
                parameter(
                    "Idempotency-Key", "header",
                    .text("New for each thing to do.", pattern: "^[\\x21-\\x7E]{1,200}$", example: "9f1c7a"),
                    isRequired: true))
        }
        let tag = APISchema.text("ETags, or *.", pattern: nil, example: "\"5d41402abc4b2a76\"")
        if endpoint.method == .get, endpoint.hasTag {
            parameters.append(parameter("If-None-Match", "header", tag, isRequired: false))
        } else if endpoint.needsKey, endpoint.resource != nil {
            parameters.append(parameter("If-Match", "header", tag, isRequired: false))
        }
        let success: JSONText = .fields([
            ("description", .string("Done.")), ("headers", headers(of: endpoint)),
            ("content", .object([(endpoint.answerType, .object([("schema", endpoint.answerSchema)]))])),
            ("links", links(of: endpoint)),
        ])
        let unchanged: JSONText = .object([("description", .string("It is as it was read."))])
        let failure: JSONText = .object([
            ("description", .string("Not done, and why.")),
            (
                "content",
                .object([
                    (
                        "application/problem+json",
                        .object([("schema", .object([("$ref", .string("#/components/schemas/Problem"))]))])
                    )
                ])
            ),
        ])
        return .fields([
            ("operationId", .string(endpoint.id)), ("summary", .string(endpoint.summary)),
            (
                "description",
                .string(
                    "Takes the scope \(endpoint.scope.rawValue)."
                        + (endpoint.isForContacts ? " Also for people at clients, for their own company." : ""))
            ),
            ("tags", .list([.string(endpoint.path.split(separator: "/").first.map(String.init) ?? "")])),
            ("parameters", parameters.isEmpty ? nil : .list(parameters)), ("requestBody", body(of: endpoint)),
            (
                "responses",
                .fields([
                    ("\(endpoint.status.code)", success),
                    ("304", endpoint.method == .get && endpoint.hasTag ? unchanged : nil), ("default", failure),
                ])
            ),
        ])
    }

    private static func headers(of endpoint: APIEndpoint) -> JSONText {
        func header(_ what: String) -> JSONText {
            .object([("description", .string(what)), ("schema", .object([("type", .string("string"))]))])
        }
        return .fields([
            ("ETag", endpoint.method == .get && endpoint.hasTag ? header("What tells this state from others.") : nil),
            ("RateLimit", header("How many calls are left at once: \"person\";r=119.")),
            ("RateLimit-Policy", header("How many calls a minute its owner has: \"person\";q=600;w=60.")),
        ])
    }

    /// Where to read what was made.
    private static func links(of endpoint: APIEndpoint) -> JSONText? {
        endpoint.made.map { made in
            .object([
                (
                    made.operation,
                    .object([
                        ("operationId", .string(made.operation)),
                        ("parameters", .object([(made.parameter, .string("$response.body#/id"))])),
                    ])
                )
            ])
        }
    }

    private static func body(of endpoint: APIEndpoint) -> JSONText? {
        if endpoint.takesFile {
            return .object([
                ("required", .flag(true)),
                (
                    "content",
                    .object([
                        (
                            "application/octet-stream",
                            .object([("schema", .object([("type", .string("string")), ("format", .string("binary"))]))])
                        )
                    ])
                ),
            ])
        }
        return endpoint.body.map { schema in
            .object([
                ("required", .flag(true)),
                ("content", .object([("application/json", .object([("schema", schema.openAPI)]))])),
            ])
        }
    }

    private static func parameter(_ name: String, _ place: String, _ schema: APISchema, isRequired: Bool) -> JSONText {
        .object([
            ("name", .string(name)), ("in", .string(place)), ("required", .flag(isRequired)),
            ("schema", schema.openAPI),
        ])
    }
}

extension APIEndpoint {
    /// Whether its answer has an ETag: all but files.
    fileprivate var hasTag: Bool { if case .text = answer { false } else { true } }
    /// Files are told as bytes.
    fileprivate var answerType: String {
        if case .text = answer { "application/octet-stream" } else { "application/json" }
    }
    fileprivate var answerSchema: JSONText {
        if case .text = answer {
            .object([("type", .string("string")), ("format", .string("binary"))])
        } else {
            answer.openAPI
        }
    }
}
