import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceDesk
import SiteKit
import Values

/// Reads the body of a request, once it is known who sends it: as far as it may be, as long as it may take, and as long as there
/// is room for it beside all others.
struct BodyReader: Sendable {
    let request: Request
    let limit: Route.BodyLimit
    let site: Site
    /// Where it comes from.
    let address: String

    /// Reads it and does something with it. Its room is given back once that is done.
    ///
    /// - Parameter actor: who sends it; nil for whoever is not signed in.
    /// - Throws: ``PageError`` where it is too large or too slow, or there is no room for it.
    func read<Value: Sendable>(
        for actor: Actor?, at now: Instant, _ use: (ByteBuffer) async throws -> Value
    ) async throws -> Value {
        let size = try size()
        if let actor {
            try RateLimits.take(site.limits.sent, (size >> 10) + 1, for: actor, now: now)
        }
        let share =
            limit == .upload ? site.shares.files : actor == nil ? site.shares.strangers : site.shares.typed
        let names = [Counted.address(address)] + (actor.map(Counted.names) ?? [])
        return try await share.with(size, for: names) { try await use(try await body()) }
    }

    /// What it says to be, or, where it does not say, what it may be at most.
    private func size() throws -> Int {
        let most = limit.rawValue
        guard let text = request.headers[.contentLength] else { return request.hasBody ? most : 0 }
        guard let length = TypedInput.whole(text, in: 0...most) else { throw PageError.tooLarge(limit: most) }
        return length
    }

    private func body() async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask {
                do {
                    return try await request.body.collect(upTo: limit.rawValue)
                } catch is NIOTooManyBytesError {
                    throw PageError.tooLarge(limit: limit.rawValue)
                }
            }
            group.addTask {
                try await Task.sleep(for: BodyReader.patience)
                throw PageError.tooSlow
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw PageError.tooSlow }
            return body
        }
    }

    /// How long a body may take.
    static let patience = Duration.seconds(30)
}
