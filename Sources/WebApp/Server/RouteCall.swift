import Database
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceDesk
import SiteKit
import Storage
import Values

/// One call of a route: checks where it comes from and who sends it, reads the form, and runs the handler on a thread that may
/// wait.
struct RouteCall: Sendable {
    let site: Site
    let route: Route
    let lanes: Lanes

    func answer(_ request: Request, _ context: SiteContext) async throws -> Response {
        let address = clientAddress(request, context)
        let parameters = parameters(context)
        let body = BodyReader(request: request, limit: route.limit, site: site, address: address)
        if case .token(let endpoint) = route.rule {
            return try await APICall(site: site, endpoint: endpoint, lane: route.lane, lanes: lanes).answer(
                request, parameters: parameters, address: address, body: body)
        }
        let answer = Answer(site: site, request: request)
        if route.isInstant {
            let visit = try answer.visit(parameters: [:], form: FormFields(), address: context.peer)
            return answer.response(to: try reply(to: visit, answer), visit: visit)
        }
        guard route.method != .get else {
            return try await lanes[route.lane].run {
                let visit = try answer.visit(parameters: parameters, form: FormFields(), address: address)
                let gate = try admit(visit, answer)
                try count(gate)
                return answer.response(to: try reply(to: visit, gate), visit: visit)
            }
        }
        return try await form(answer, request, parameters, address, body)
    }

    /// Answers a form. Where it comes from, what kind it is, who sends it and whether they may is asked before it is read; then
    /// whether it is one of our pages' forms, and once more who sends it, for a form takes its time.
    private func form(
        _ answer: Answer, _ request: Request, _ parameters: [String: String], _ address: String, _ body: BodyReader
    ) async throws -> Response {
        try checkOrigin(of: request)
        try FormBody.checkType(request.headers[.contentType] ?? "")
        let (gate, first) = try await lanes[.reading].run { () throws -> (Gate, Visit) in
            let visit = try answer.visit(parameters: parameters, form: FormFields(), address: address)
            let gate = try admit(visit, answer)
            try count(gate)
            return (gate, visit)
        }
        if case .closed(let reply) = gate { return answer.response(to: reply, visit: first) }
        if let title = route.longWork, let person = gate.person {
            let reply = try await long(title, person, body, at: first.now) { bytes in
                let visit = try visit(answer, request, parameters, address, bytes)
                return try NotShown.telling { try self.reply(to: visit, answer) }
            }
            return answer.response(to: reply, visit: first)
        }
        return try await body.read(for: gate.person?.actor, at: first.now) { bytes in
            let work: @Sendable () async throws -> Response = {
                try await lanes[route.lane].run {
                    let visit = try visit(answer, request, parameters, address, bytes)
                    return try NotShown.telling { answer.response(to: try reply(to: visit, answer), visit: visit) }
                }
            }
            // Only what has come takes a place in the line: a body that is never sent keeps nobody waiting.
            guard route.lane == .password else { return try await work() }
            return try await site.shares.passwords.with(Counted.address(address), work)
        }
    }

    /// A form of ours with what was sent in it.
    private func visit(
        _ answer: Answer, _ request: Request, _ parameters: [String: String], _ address: String, _ bytes: ByteBuffer
    ) throws -> Visit {
        var fields = try FormBody.fields(of: bytes, contentType: request.headers[.contentType] ?? "")
        fields.waitedInLine = route.lane == .password
        let visit = try answer.visit(parameters: parameters, form: fields, address: address)
        if !answer.isOurForm(visit) { throw PageError.foreignForm }
        return visit
    }

    /// Does what may take long: what is done within two seconds is answered, else a page says how far it is.
    private func long(
        _ title: String, _ person: SignedIn, _ body: BodyReader, at now: Instant,
        _ work: @escaping @Sendable (ByteBuffer) throws -> Reply
    ) async throws -> Reply {
        let job = site.longWork.begin(title, of: person.actor.id) { job in
            try await body.read(for: person.actor, at: now) { bytes in
                job.body.set(())
                return try await lanes[.long].run {
                    try WorkProgress.$current.withValue(job.progress) { try work(bytes) }
                }
            }
        }
        _ = await job.body.value(within: BodyReader.patience + .seconds(1))
        guard let outcome = await job.outcome.value(within: RouteCall.patience) else {
            return .redirect(Link.work(job.id))
        }
        return try outcome.get()
    }

    /// How long people wait for a page before it says how far the work is.
    private static let patience = Duration.seconds(2)

    /// Whether somebody may use the route.
    private enum Gate: Sendable {
        /// They may; nil for whoever comes.
        case open(SignedIn?)
        /// They are told how they could.
        case closed(Reply)

        var person: SignedIn? { if case .open(let person) = self { person } else { nil } }
    }

    /// Counts what somebody asks for.
    private func count(_ gate: Gate) throws {
        guard let person = gate.person else { return }
        try RateLimits.take(site.limits.pages, for: person.actor, now: site.desk.now)
    }

    private func admit(_ visit: Visit, _ answer: Answer) throws -> Gate {
        switch route.rule {
        case .token: throw PageError.missing
        case .anyone: return .open(nil)
        case .staff(let role, _):
            guard let person = try answer.person(visit) else {
                return .closed(SignInPage.asked(by: visit, wasForm: route.method != .get))
            }
            // To people at clients there are no pages of staff, and to staff no portal.
            guard case .staff(let theirs) = person.actor.standing else { throw PageError.missing }
            guard theirs >= role else {
                throw Refusal.notAllowed(
                    "This page takes \(role == .owner ? "an" : "a") \(role.rawValue); you are signed in as "
                        + "\(person.name), \(theirs.rawValue)")
            }
            return .open(person)
        case .contact(let role, _):
            guard let person = try answer.person(visit) else {
                return .closed(SignInPage.asked(by: visit, wasForm: route.method != .get))
            }
            guard case .contact(_, let theirs) = person.actor.standing else { throw PageError.missing }
            guard theirs >= role else {
                throw Refusal.notAllowed(
                    "Only colleagues with the role \(role.rawValue) may do this; yours is \(theirs.rawValue). Ask whoever "
                        + "manages your company's account")
            }
            return .open(person)
        }
    }

    private func reply(to visit: Visit, _ answer: Answer) throws -> Reply {
        try reply(to: visit, try admit(visit, answer))
    }

    private func reply(to visit: Visit, _ gate: Gate) throws -> Reply {
        if case .closed(let reply) = gate { return reply }
        switch (route.rule, gate.person, gate.person?.actor.standing) {
        case (.anyone(let handler), _, _): return try handler(visit)
        case (.staff(_, let handler), let person?, .staff(let role)):
            return try handler(StaffVisit(visit: visit, person: person, role: role))
        case (.contact(_, let handler), let person?, .contact(let client, let role)):
            return try handler(PortalVisit(visit: visit, person: person, client: client, role: role))
        default: throw PageError.missing
        }
    }

    // MARK: What was sent

    /// A form of another site is refused before anything of it is read.
    private func checkOrigin(of request: Request) throws {
        if let site = request.headers[RouteCall.fetchSite], site != "same-origin", site != "none" {
            throw PageError.foreignForm
        }
        guard let origin = request.headers[.origin] else { return }
        let scheme = site.settings.isSecure ? "https" : "http"
        guard origin == site.settings.publicURL || origin == "\(scheme)://\(request.head.authority ?? "")" else {
            throw PageError.foreignForm
        }
    }

    private static let fetchSite = SecurityHeaders.known("Sec-Fetch-Site")

    private func parameters(_ context: SiteContext) -> [String: String] {
        var parameters: [String: String] = [:]
        for name in route.parameters {
            let value = context.parameters.get(name)?.removingPercentEncoding
            // No id has a control character, or more marks on a letter than any script: such a path leads nowhere.
            parameters[name] = value.flatMap {
                $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } || !$0.isStreamSafe ? nil : $0
            }
        }
        return parameters
    }

    /// Where the request comes from: behind a proxy of ours, what that says.
    private func clientAddress(_ request: Request, _ context: SiteContext) -> String {
        guard site.settings.isBehindProxy, let forwarded = request.headers[RouteCall.forwardedFor],
            let last = forwarded.utf8.split(separator: UInt8(ascii: ",")).last
        else { return context.peer }
        return Substring(last.drop { $0 == UInt8(ascii: " ") }).cut(toBytes: 64)
    }

    private static let forwardedFor = SecurityHeaders.known("X-Forwarded-For")
}
