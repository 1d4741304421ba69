import Database
import Foundation
import Logging
import Metrics
import ServiceDesk
import SiteKit
import Storage
import Synchronization
import Terminal
import Values
import WebApp

/// Looks after the server itself, beside it: writes down who was seen when, tries whether something can be saved again where it
/// could not, and tells those who watch what waits. Nothing that people ask for waits for it.
final class Watch: Sendable {
    private let site: Site
    private let store: Store
    private let signIn: SignIn
    private let logger: Logger
    private let log: SeldomLog
    private let isOn = Atomic<Bool>(false)
    /// What an owner should see to, as it was told.
    private let told = Mutex<Set<Trouble.Kind>>([])

    init(site: Site, store: Store, signIn: SignIn, logger: Logger) {
        self.site = site
        self.store = store
        self.signIn = signIn
        self.logger = logger
        log = SeldomLog(logger)
    }

    func start() {
        guard !isOn.exchange(true, ordering: .relaxed) else { return }
        Thread.detachNewThread { [self] in
            var trouble: String?
            for round in 0... where isOn.load(ordering: .relaxed) {
                if store.saving.trouble != nil { try? store.trySaving(at: currentInstant().seconds) }
                if round % Watch.others == 0 {
                    noteSeen()
                    countBacklog()
                    countFiles()
                }
                if round % Watch.troubles == Watch.firstLook { lookForTrouble() }
                trouble = tell(trouble)
                Thread.sleep(forTimeInterval: Watch.pause)
            }
        }
    }

    /// Stops, once it is written down who was seen.
    func stop() {
        guard isOn.exchange(false, ordering: .relaxed), store.saving.trouble == nil else { return }
        noteSeen()
    }

    private static let pause = 2.0
    /// Every fifth round writes down who was seen, and counts.
    private static let others = 5

    /// Every thirtieth looks for what an owner should see to: once a minute.
    private static let troubles = 30
    /// Not before mail has had its first rounds.
    private static let firstLook = 5

    private func lookForTrouble() {
        guard let (signs, found) = try? site.lookForTrouble() else { return }
        for kind in Trouble.Kind.allCases {
            let trouble = found.first { $0.kind == kind }
            Gauge(label: "mainstay_trouble", dimensions: [("kind", kind.rawValue)]).record(trouble == nil ? 0 : 1)
            let isNew = told.withLock { told in
                trouble == nil ? told.remove(kind) != nil : told.insert(kind).inserted
            }
            guard isNew else { continue }
            if let trouble {
                logger.error("an owner should see to it", metadata: ["kind": "\(kind)", "what": "\(trouble.text)"])
            } else {
                logger.notice("it is seen to", metadata: ["kind": "\(kind)"])
            }
        }
        if let backedUp = signs.backedUp {
            Gauge(label: "mainstay_backup_age_seconds").record(max(0, currentInstant().seconds - backedUp.seconds))
        }
    }

    private func noteSeen() {
        guard store.saving.trouble == nil else { return }
        do {
            try signIn.lastSeen.write(to: store)
        } catch {
            log.write(.warning, "it is not written down who was seen when", ["failure": "\(error)"])
        }
    }

    private func countBacklog() {
        guard let backlog = try? store.read({ try Backlog($0) }) else { return }
        let now = currentInstant().seconds
        Gauge(label: "outbox_waiting").record(backlog.messages)
        Gauge(label: "mail_waiting").record(backlog.mails)
        Gauge(label: "mail_overdue_seconds").record(max(0, now - (backlog.mailDueSince?.seconds ?? now)))
        Gauge(label: "webhook_calls_waiting").record(backlog.calls)
        Gauge(label: "webhook_calls_overdue_seconds").record(max(0, now - (backlog.callDueSince?.seconds ?? now)))
    }

    private func countFiles() {
        let most = ProcessFigures.mostFiles
        guard let open = ProcessFigures.openFiles, open * 10 >= most * 9 else { return }
        log.write(
            .warning, "open files run out",
            [
                "open_files": "\(open)", "most_files": "\(most)",
                "fix": "raise LimitNOFILE, or see who holds connections",
            ])
    }

    /// Says once a minute that nothing can be saved, and once that it can again.
    private func tell(_ before: String?) -> String? {
        let trouble = store.saving.trouble
        if let trouble {
            log.write(
                .error, Watch.notSaved,
                ["reason": "\(trouble)", "fix": "docs/running.md, \"When it hurts\": Nothing can be saved"])
        } else if before != nil {
            log.forget(Watch.notSaved)
            logger.notice("what is sent can be saved again")
        }
        return trouble
    }

    private static let notSaved = "nothing can be saved"
}
