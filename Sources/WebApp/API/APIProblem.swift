import Database
import Exchange
import Formats
import HTTPTypes
import ServiceDesk
import SiteKit
import Values

/// One thing that is wrong with what a program sent.
struct APIFault: Hashable, Sendable {
    /// Where (RFC 6901); nil where it is no one place.
    var pointer: String?
    /// A word for programs.
    var code: String
    /// What is wrong.
    var detail: String
    /// What would be right.
    var fix: String

    init(_ pointer: String?, _ code: String, _ detail: String, fix: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
        self.fix = fix
    }
}

/// Why a call was not done, as programs read it (RFC 9457).
struct APIProblem: Error {
    var status: HTTPResponse.Status
    /// A word for programs.
    var code: String
    var title: String
    var detail: String?
    var faults: [APIFault] = []
    var headers: [HTTPField] = []

    static let missing = APIProblem(status: .notFound, code: "not-found", title: "There is no such thing")
    static func invalid(_ faults: [APIFault]) -> APIProblem {
        APIProblem(
            status: .unprocessableContent, code: "invalid", title: "What was sent cannot be done",
            detail: "Nothing was done.", faults: faults)
    }
    static func unreadable(_ detail: String) -> APIProblem {
        APIProblem(status: .badRequest, code: "unreadable", title: "What was sent cannot be read", detail: detail)
    }

    /// What an error is to a program; nil for an internal one, of which nothing is told.
    init?(_ error: any Error) {
        switch error {
        case let problem as APIProblem: self = problem
        case let problems as Problems:
            self = .invalid(
                problems.all.prefix(100).map {
                    APIFault(nil, "refused", "\($0.subject): \($0.message)", fix: $0.fix)
                })
        case Refusal.nothingThere, PageError.missing: self = .missing
        case Refusal.notAllowed(let what):
            self.init(status: .forbidden, code: "not-allowed", title: "You may not do this", detail: what)
        case let refusal as Refusal:
            self.init(
                status: .unprocessableContent, code: "key-used-otherwise", title: "The key was used for something else",
                detail: "\(refusal)")
        case PageError.tooLarge(let limit):
            self.init(
                status: .contentTooLarge, code: "too-large", title: "That is too large",
                detail: "At most \(limit) bytes can be sent at once.")
        case PageError.tooMuch(let wait):
            self.init(
                status: .tooManyRequests, code: "too-many", title: "Too many calls", detail: "Wait \(wait) s.",
                headers: [HTTPField(name: .retryAfter, value: "\(wait)")])
        case PageError.crowded:
            self.init(
                status: .serviceUnavailable, code: "busy", title: "Too many calls of all at once",
                detail: "Try again in a moment.", headers: [HTTPField(name: .retryAfter, value: "2")])
        case PageError.noAnswer:
            self.init(
                status: .serviceUnavailable, code: "no-answer", title: "That took too long to read",
                detail: "Try again in a moment.", headers: [HTTPField(name: .retryAfter, value: "10")])
        case PageError.tooSlow:
            self.init(status: .requestTimeout, code: "too-slow", title: "That took too long")
        case PageError.unreadable(let what): self = .unreadable(what)
        case StorageError.busy, StorageError.changed:
            self.init(
                status: .serviceUnavailable, code: "busy", title: "The database is busy",
                detail: "Try again in a moment.",
                headers: [HTTPField(name: .retryAfter, value: "1")])
        case StorageError.disk:
            self.init(
                status: .serviceUnavailable, code: "not-saved", title: "Nothing can be saved now",
                detail: "Nothing was done. What is there can still be read.",
                headers: [HTTPField(name: .retryAfter, value: "30")])
        case StorageError.cannotOpen:
            self.init(
                status: .serviceUnavailable, code: "database-unusable", title: "The database cannot be used",
                detail: "Nothing was done. Whoever runs this server has to see to it: its log says what is wrong.",
                headers: [HTTPField(name: .retryAfter, value: "60")])
        case StorageError.away, StorageError.connectionLost:
            self.init(
                status: .serviceUnavailable, code: "database-away", title: "The database is away",
                detail: "Nothing was done. Try again in a moment.",
                headers: [HTTPField(name: .retryAfter, value: "5")])
        case StorageError.commitUnknown:
            self.init(
                status: .serviceUnavailable, code: "outcome-unknown",
                title: "It is not known yet whether this was saved",
                detail: "Send it again under the same Idempotency-Key: it is done once, and you get its answer.",
                headers: [HTTPField(name: .retryAfter, value: "1")])
        case let error as NotShown:
            self.init(
                status: .serviceUnavailable, code: "saved-not-shown",
                title: error.isComplete ? "It was saved, but cannot be read now" : "A part of it was saved",
                detail: "Send it again under the same Idempotency-Key: it is done once, and you get its answer.",
                headers: [HTTPField(name: .retryAfter, value: "5")])
        default: return nil
        }
    }

    init(
        status: HTTPResponse.Status, code: String, title: String, detail: String? = nil, faults: [APIFault] = [],
        headers: [HTTPField] = []
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.faults = faults
        self.headers = headers
    }

    var json: JSONText {
        .fields([
            ("type", .string("/api/v1/problems#\(code)")), ("title", .string(title)),
            ("status", .number(status.code)), ("code", .string(code)), ("detail", detail.map { .string($0) }),
            (
                "errors",
                faults.isEmpty
                    ? nil
                    : .list(
                        faults.map { fault in
                            .fields([
                                ("pointer", fault.pointer.map { .string($0) }), ("code", .string(fault.code)),
                                ("detail", .string(fault.detail)), ("fix", .string(fault.fix)),
                            ])
                        })
            ),
        ])
    }
}
