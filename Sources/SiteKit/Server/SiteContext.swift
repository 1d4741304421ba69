package import Hummingbird
package import NIOCore

/// What the server knows of one request beside what was sent.
package struct SiteContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection.
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The address at the other end of the connection.
    package var peer: String { channel.remoteAddress?.ipAddress ?? "" }

    /// Closes the connection once the answer had its time to go out: what still comes in on it is not wanted, and little of
    /// it is taken.
    package func closeSoon() {
        let channel = channel
        channel.eventLoop.scheduleTask(in: .milliseconds(50)) { channel.close(mode: .input, promise: nil) }
        channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
    }
}
