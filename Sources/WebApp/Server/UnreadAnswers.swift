import Logging
import Metrics
import NIOCore
import Synchronization

/// Answers that their readers do not take: so many bytes of them are kept in all, and a connection that takes nothing is closed.
/// Without it whoever asks much and reads nothing would fill the memory.
final class UnreadAnswers: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    /// What all connections keep together.
    final class Room: Sendable {
        /// The most bytes.
        let most: Int
        /// How often it is looked whether something was taken.
        let pause: TimeAmount
        private let bytes = Atomic<Int>(0)
        private let log: SeldomLog

        init(most: Int = 64 << 20, pause: TimeAmount = .seconds(30), logger: Logger) {
            self.most = most
            self.pause = pause
            log = SeldomLog(logger)
        }

        /// Takes room, or gives it back; whether there is enough.
        fileprivate func take(_ change: Int) -> Bool {
            let now = bytes.wrappingAdd(change, ordering: .relaxed).newValue
            Gauge(label: "http_unread_bytes").record(now)
            return now <= most
        }

        fileprivate func tellFull() {
            log.write(
                .warning, "answers are not read: connections are closed",
                ["bytes": "\(most)", "fix": "see who holds connections: ss -tn state established"])
        }
    }

    /// What takes less than this in a pause is as good as nothing: a kilobyte a second.
    private static let least = 30 << 10

    private let room: Room
    private let waiting: (any Channel) -> Int
    private var taken = 0
    private var check: Scheduled<Void>?

    /// - Parameter waiting: how many bytes of a connection wait to be sent.
    init(_ room: Room, waiting: @escaping (any Channel) -> Int = UnreadAnswers.waiting) {
        self.room = room
        self.waiting = waiting
    }

    private static func waiting(_ channel: any Channel) -> Int {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// What the system keeps of answers is in nobody's count: it gets little room.
    func handlerAdded(context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return }
        socket.unsafeSetSocketOption(level: .socket, name: .so_sndbuf, value: UnreadAnswers.systemsRoom)
            .whenComplete { _ in }
    }

    private static let systemsRoom: CInt = 256 << 10

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            giveBack()
        } else {
            look(context, before: nil)
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveBack()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { giveBack() }

    /// Looks how much waits, now and after each pause.
    private func look(_ context: ChannelHandlerContext, before: Int?) {
        let now = waiting(context.channel)
        if let before, now > before - UnreadAnswers.least { return context.close(promise: nil) }
        let isRoom = room.take(now - taken)
        taken = now
        guard isRoom else {
            room.tellFull()
            return context.close(promise: nil)
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        check?.cancel()
        check = context.eventLoop.scheduleTask(in: room.pause) {
            let (handler, context) = bound.value
            handler.look(context, before: now)
        }
    }

    private func giveBack() {
        check?.cancel()
        check = nil
        if taken > 0 { _ = room.take(-taken) }
        taken = 0
    }
}
