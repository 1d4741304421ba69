package import Logging
import Metrics
package import NIOCore
import Synchronization

/// Answers that their readers do not take: so many bytes of them are kept in all, and a connection that takes nothing is closed.
/// Without it whoever asks much and reads nothing would fill the memory.
package final class UnreadAnswers: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = NIOAny

    /// What all connections keep together. Where it is too much, whoever has taken nothing for the longest is closed.
    package final class Room: Sendable {
        private struct Place {
            var bytes: Int
            var since: NIODeadline
            var close: @Sendable () -> Void
        }

        private struct State {
            var bytes = 0
            var places: [ObjectIdentifier: Place] = [:]
        }

        /// The most bytes.
        package let most: Int
        /// How often it is looked whether something was taken.
        package let pause: TimeAmount
        private let state = Mutex(State())
        private let log: SeldomLog

        package init(most: Int = 64 << 20, pause: TimeAmount = .seconds(30), logger: Logger) {
            self.most = most
            self.pause = pause
            log = SeldomLog(logger)
        }

        /// Notes how much of a connection waits, since when it has taken nothing, and how it is closed.
        fileprivate func keep(
            _ connection: ObjectIdentifier, bytes: Int, since: NIODeadline, close: @escaping @Sendable () -> Void
        ) {
            let closing = state.withLock { state -> [Place] in
                state.bytes += bytes - (state.places[connection]?.bytes ?? 0)
                state.places[connection] = Place(bytes: bytes, since: since, close: close)
                var closing: [Place] = []
                // One alone may have as much as its answer has.
                while state.bytes > most, state.places.count > 1,
                    let first = state.places.min(by: { $0.value.since < $1.value.since })
                {
                    state.bytes -= first.value.bytes
                    state.places[first.key] = nil
                    closing.append(first.value)
                }
                return closing
            }
            tell()
            guard !closing.isEmpty else { return }
            log.write(
                .warning, "answers are not read: connections are closed",
                ["bytes": "\(most)", "fix": "see who holds connections: ss -tn state established"])
            for place in closing { place.close() }
        }

        fileprivate func giveBack(_ connection: ObjectIdentifier) {
            let had = state.withLock { state -> Bool in
                guard let place = state.places.removeValue(forKey: connection) else { return false }
                state.bytes -= place.bytes
                return true
            }
            if had { tell() }
        }

        private func tell() { Gauge(label: "http_unread_bytes").record(state.withLock { $0.bytes }) }
    }

    /// What takes less than this in a pause is as good as nothing: a kilobyte a second.
    private static let least = 30 << 10

    private let room: Room
    private let waiting: (any Channel) -> Int
    private var check: Scheduled<Void>?

    /// - Parameter waiting: how many bytes of a connection wait to be sent.
    package init(_ room: Room, waiting: @escaping (any Channel) -> Int = UnreadAnswers.waiting) {
        self.room = room
        self.waiting = waiting
    }

    private static func waiting(_ channel: any Channel) -> Int {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// What the system keeps of answers is in nobody's count: it gets little room.
    package func handlerAdded(context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return }
        socket.unsafeSetSocketOption(level: .socket, name: .so_sndbuf, value: UnreadAnswers.systemsRoom)
            .whenComplete { _ in }
    }

    private static let systemsRoom: CInt = 256 << 10

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            giveBack()
        } else {
            look(context, before: nil)
        }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        giveBack()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { giveBack() }

    /// Looks how much waits, now and after each pause.
    private func look(_ context: ChannelHandlerContext, before: Int?) {
        let now = waiting(context.channel)
        if let before, now > before - UnreadAnswers.least { return context.close(promise: nil) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        room.keep(ObjectIdentifier(self), bytes: now, since: .now()) { [loop = context.eventLoop] in
            loop.execute { bound.value.1.close(promise: nil) }
        }
        check?.cancel()
        check = context.eventLoop.scheduleTask(in: room.pause) {
            let (handler, context) = bound.value
            handler.look(context, before: now)
        }
    }

    private func giveBack() {
        check?.cancel()
        check = nil
        room.giveBack(ObjectIdentifier(self))
    }
}
