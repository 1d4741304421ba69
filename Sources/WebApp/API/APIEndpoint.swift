import Formats
import HTTPTypes
import ServiceDesk
import SiteKit

/// One thing that programs can ask: routes and the OpenAPI document are both made of this.
struct APIEndpoint: Sendable {
    /// A part of the query.
    struct Parameter: Sendable {
        var name: String
        var schema: APISchema
    }

    var method: HTTPRequest.Method
    /// Without `/api/v1`, with what varies in braces.
    var path: String
    /// What it is called in generated clients: `getClient`.
    var id: String
    var summary: String
    /// What a token must be good for.
    var scope: TokenScope
    /// Whether people at clients may ask it too, for their own company.
    var isForContacts = false
    var query: [Parameter] = []
    /// What is sent; nil for nothing.
    var body: APISchema?
    /// Whether a file is sent as it is, in place of JSON.
    var takesFile = false
    /// Whether what is sent may be as large as a few files.
    var isLarge = false
    /// Whether what it does may take seconds.
    private(set) var takesLong = false
    /// What is answered.
    var answer: APISchema
    var status: HTTPResponse.Status = .ok
    /// Whether the same call may be sent again under its key: wherever something is recorded.
    var needsKey: Bool { method != .get && !isPreview }
    /// What can be read of what it makes: the operation, and its parameter that takes the id which is answered.
    var made: (operation: String, parameter: String)?
    /// Whether the owner of the token gives their password too: a token alone is not enough for what lets somebody in or sends
    /// what happens elsewhere, as a session alone is not on pages.
    private(set) var takesPassword = false
    /// Whether nothing is recorded though something is sent.
    var isPreview = false
    var handler: @Sendable (APIVisit) throws -> APIReply

    static let base = "/api/v1"
    var fullPath: String { APIEndpoint.base + path }

    /// What varies in the path.
    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// Says what can be read of what it makes.
    func making(_ operation: String, _ parameter: String) -> APIEndpoint {
        var endpoint = self
        endpoint.made = (operation, parameter)
        return endpoint
    }

    /// The threads that work on it.
    var lane: Lane.Kind { takesPassword ? .password : takesLong ? .long : method == .get ? .reading : .saving }

    /// The same endpoint, where what it does may take seconds.
    var takingLong: APIEndpoint {
        var endpoint = self
        endpoint.takesLong = true
        return endpoint
    }

    /// Has the owner of the token give their password with each call.
    var takingPassword: APIEndpoint {
        var endpoint = self
        endpoint.takesPassword = true
        let password = APISchema.Property.must(
            APIEndpoint.password, .text("The password of the token's owner. Wrong ones are counted, and wait."))
        if case .object(let properties)? = body {
            endpoint.body = .object(properties + [password])
        } else {
            endpoint.body = .object([password])
        }
        return endpoint
    }

    /// The member that has the password of the token's owner.
    static let password = "current_password"

    /// What an ETag of a change is compared with: the record that the path names; nil where it names none.
    var resource: APIEndpoint? {
        APITable.endpoints.filter { other in
            other.method == .get && !other.parameters.isEmpty
                && (path == other.path || path.hasPrefix(other.path + "/"))
        }.max { $0.path.count < $1.path.count }
    }

    /// Something to read.
    static func get(
        _ path: String, _ id: String, _ summary: String, isForContacts: Bool = false, query: [Parameter] = [],
        answer: APISchema, _ handler: @escaping @Sendable (APIVisit) throws -> APIReply
    ) -> APIEndpoint {
        APIEndpoint(
            method: .get, path: path, id: id, summary: summary, scope: .read, isForContacts: isForContacts,
            query: query,
            answer: answer, handler: handler)
    }

    /// Something to do.
    static func post(
        _ path: String, _ id: String, _ summary: String, _ scope: TokenScope, isForContacts: Bool = false,
        body: APISchema? = nil, answer: APISchema = .recorded, status: HTTPResponse.Status = .created,
        _ handler: @escaping @Sendable (APIVisit) throws -> APIReply
    ) -> APIEndpoint {
        APIEndpoint(
            method: .post, path: path, id: id, summary: summary, scope: scope, isForContacts: isForContacts, body: body,
            answer: answer, status: status, handler: handler)
    }
}

extension APISchema {
    /// What every operation answers: the id of what was made or changed, and what one should know.
    static let recorded = APISchema.object(recordedMembers)
    static let recordedMembers: [APISchema.Property] = [
        .must("id", .id), .must("remarks", .list(.text("A remark: work in a closed month, hours that ran out."))),
    ]
}

/// What an endpoint answers.
enum APIReply {
    case json(JSONText)
    /// JSON that is written already.
    case text(String)
    case file([UInt8], name: String, type: String)

    /// What an operation recorded.
    static func recorded(_ recorded: Recorded) -> APIReply { .json(.object(members(of: recorded))) }

    static func members(of recorded: Recorded) -> [(String, JSONText)] {
        [("id", .string(recorded.id)), ("remarks", .list(recorded.remarks.map { .string($0) }))]
    }
}
