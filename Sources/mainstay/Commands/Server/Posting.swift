import Foundation
import Logging
import Metrics
import ServiceDesk
import SiteKit
import Storage
import Synchronization
import Terminal
import Values

/// Tells people and programs what happened, every few seconds, and notes how far the records go, every minute, beside the
/// server, on threads that may wait.
final class Posting: Sendable {
    private let desk: ServiceDesk
    private let alerts: AlertRoom
    private let mail: MailRoom?
    private let webhooks: WebhookRoom
    private let anchors: AnchorRoom?
    private let logger: Logger
    private let log: SeldomLog
    private let isOn = Atomic<Bool>(false)
    private let wasBehind = Atomic<Bool>(false)
    /// The endpoints that a thread is at: a slow one holds nobody else up.
    private let busy = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - mail: nil where no mail is sent.
    ///   - anchors: nil where none are noted.
    init(
        desk: ServiceDesk, alerts: AlertRoom, mail: MailRoom?, webhooks: WebhookRoom, anchors: AnchorRoom?,
        logger: Logger
    ) {
        self.desk = desk
        self.alerts = alerts
        self.mail = mail
        self.webhooks = webhooks
        self.anchors = anchors
        self.logger = logger
        log = SeldomLog(logger)
    }

    /// Begins; what is being handed over when the server stops is tried again by the next.
    func start() {
        guard !isOn.exchange(true, ordering: .relaxed) else { return }
        Thread.detachNewThread { [self] in
            while isOn.load(ordering: .relaxed) {
                sendMail()
                Thread.sleep(forTimeInterval: Posting.pause)
            }
        }
        if anchors != nil {
            Thread.detachNewThread { [self] in
                while isOn.load(ordering: .relaxed) {
                    noteAnchors()
                    for _ in 0..<Posting.pauseOfAnchors where isOn.load(ordering: .relaxed) {
                        Thread.sleep(forTimeInterval: 1)
                    }
                }
            }
        }
        Thread.detachNewThread { [self] in
            while isOn.load(ordering: .relaxed) {
                callWebhooks()
                Thread.sleep(forTimeInterval: Posting.pause)
            }
        }
    }

    func stop() { isOn.store(false, ordering: .relaxed) }

    private static let pause = 2.0
    private static let pauseOfAnchors = 60

    private func noteAnchors() {
        do {
            try anchors?.round(at: currentInstant())
        } catch {
            log.write(.error, "no anchor was noted", ["failure": "\(error)"])
        }
    }

    /// Measures how far the clock is behind, and says it once when it falls behind, and once when it is right again.
    private func lookAtClock() {
        guard let behind = try? desk.store.read({ try Clocks.behind($0, now: desk.now) }) else { return }
        Gauge(label: "mainstay_clock_behind_seconds").record(behind.seconds)
        let isBehind = behind > Clocks.tolerated
        guard isBehind != wasBehind.exchange(isBehind, ordering: .relaxed) else { return }
        if isBehind {
            logger.error(
                "the clock is behind the last fact: set it, on every server of this database",
                metadata: ["seconds": "\(behind.seconds)"])
        } else {
            logger.info("the clock is not behind the last fact any more")
        }
    }

    private func sendMail() {
        lookAtClock()
        do {
            try alerts.round()
        } catch {
            log.write(.error, "alerts were not looked after", ["failure": "\(error)"])
        }
        do {
            guard let round = try mail?.round(), round.sent + round.failed + round.notSent > 0 else { return }
            logger.info(
                "mail",
                metadata: ["sent": "\(round.sent)", "failed": "\(round.failed)", "not_sent": "\(round.notSent)"])
        } catch {
            log.write(.error, "mail was not looked after", ["failure": "\(error)"])
        }
    }

    private func callWebhooks() {
        do {
            for endpoint in try webhooks.endpointsDue() where takesPlace(endpoint) {
                Thread.detachNewThread { [self] in call(endpoint) }
            }
        } catch {
            log.write(.error, "webhooks were not looked after", ["failure": "\(error)"])
        }
    }

    /// So many endpoints are called at once; each takes a thread and a connection.
    private static let mostCalls = 16

    /// Whether an endpoint that nobody is at can be called now.
    private func takesPlace(_ endpoint: String) -> Bool {
        busy.withLock { $0.count < Posting.mostCalls && $0.insert(endpoint).inserted }
    }

    private func call(_ endpoint: String) {
        defer { _ = busy.withLock { $0.remove(endpoint) } }
        do {
            let round = try webhooks.work(on: endpoint)
            logger.info(
                "webhook",
                metadata: ["webhook": "\(endpoint)", "sent": "\(round.sent)", "failed": "\(round.failed)"])
        } catch {
            log.write(.error, "a webhook was not looked after", ["webhook": "\(endpoint)", "failure": "\(error)"])
        }
    }
}
