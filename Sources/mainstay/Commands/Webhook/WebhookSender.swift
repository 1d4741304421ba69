import HTTPClient
import ServiceDesk

extension WebClient {
    /// Sends webhooks: at most 15 s until an answer begins; what it says besides its head is nothing to us.
    static func webhooks(allowsPrivate: Bool) -> @Sendable (WebhookCall) -> WebhookAnswer {
        let client = WebClient(allowsPrivate ? .ownNetworks : .publicOnly, patience: 15, largest: 0)
        return { call in
            do throws(Failure) {
                let answer = try client.call(
                    "POST", call.url, headers: call.headers, body: Array(call.body.utf8), readsBody: false)
                return .answered(
                    status: answer.status,
                    retryAfter: answer.headers["retry-after"].flatMap { Int($0) }.map { max(0, $0) })
            } catch {
                return .failed(error.description)
            }
        }
    }
}
