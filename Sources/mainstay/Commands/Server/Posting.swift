import Foundation
import Logging
import ServiceDesk
import Synchronization

/// Sends what waits in the outbox every few seconds, beside the server, on a thread that may wait.
final class Posting: Sendable {
    private let room: MailRoom
    private let logger: Logger
    private let isOn = Atomic<Bool>(false)

    init(_ room: MailRoom, logger: Logger) {
        self.room = room
        self.logger = logger
    }

    /// Begins; mail that is being handed over when the server stops is tried again by the next.
    func start() {
        guard !isOn.exchange(true, ordering: .relaxed) else { return }
        Thread.detachNewThread { [self] in
            while isOn.load(ordering: .relaxed) {
                once()
                Thread.sleep(forTimeInterval: Posting.pause)
            }
        }
    }

    func stop() { isOn.store(false, ordering: .relaxed) }

    private static let pause = 3.0

    private func once() {
        do {
            let round = try room.round()
            guard round.sent + round.failed > 0 else { return }
            logger.info("mail", metadata: ["sent": "\(round.sent)", "failed": "\(round.failed)"])
        } catch {
            logger.error("mail was not looked after", metadata: ["failure": "\(error)"])
        }
    }
}
