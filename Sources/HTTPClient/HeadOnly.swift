import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Takes the head of an answer, and lets the rest go.
final class HeadOnly: HTTPClientResponseDelegate, @unchecked Sendable {
    typealias Response = Void

    /// Completed once: a second time does nothing, for the first is all that is waited for. Of the task's event loop alone.
    private var promise: EventLoopPromise<HTTPResponseHead>?

    init(_ promise: EventLoopPromise<HTTPResponseHead>) { self.promise = promise }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        promise?.succeed(head)
        promise = nil
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) {
        promise?.fail(error)
        promise = nil
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {
        promise?.fail(HTTPClientError.remoteConnectionClosed)
        promise = nil
    }
}
