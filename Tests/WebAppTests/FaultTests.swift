import Database
import Foundation
import HTTPTypes
import Storage
import Testing
import TestSupport
import Values

@testable import ServiceDesk
@testable import SiteKit
@testable import WebApp

/// Each kind of fault that a database has is one answer, in words, that says when to try again.
@Suite("Faults of the database")
struct FaultTests {
    /// Keeps everything from being saved, and gives what lets it again.
    private func keepFromSaving(_ test: TestSite, _ kind: EngineKind) throws -> @Sendable () throws -> Void {
        switch kind {
        case .sqlite:
            let pages = try test.store.read { try $0.first("PRAGMA page_count") { $0.integer(0) } ?? 0 }
            // The connection that writes may not make the file larger: the disk is full, as far as it knows.
            try test.store.engine.write { try $0.runScript("PRAGMA max_page_count = \(pages)") }
            return { try test.store.engine.write { try $0.runScript("PRAGMA max_page_count = 1000000") } }
        case .postgreSQL:
            @Sendable func change(_ setting: String) throws {
                let connection = try test.connection()
                try connection.runScript("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
                try connection.runScript(
                    """
                    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = \(setting)',
                        current_database()); END $$
                    """)
                // Who is connected has the setting of before.
                try connection.runScript(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            }
            try change("on")
            return { try change("off") }
        }
    }

    @Test("What only reads goes on where nothing can be saved, and says so", arguments: EngineKind.tested)
    func reading(_ kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let actor = Actor(id: "olga", role: .owner)
        let expiry = Instant(seconds: test.clock.now.seconds + 86_400)
        let token = try test.site.signIn.makeToken(name: "reads", scopes: [.read], expires: expiry, for: actor).token
        let letGo = try keepFromSaving(test, kind)
        // Everybody was last seen more than a minute ago.
        test.clock.set(Instant(seconds: test.clock.now.seconds + 600))
        let request = try test.last("request")
        try await test.browse { browser in
            let note = String(repeating: "words ", count: 1_500)
            let refused = try await browser("ari").post("/requests/\(request)/messages", ["text": note])
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] != nil)
            #expect(refused.text.contains("Nothing can be saved now"))
            #expect(!refused.text.contains("mistake is ours"))
            for (person, path) in [
                ("ari", "/today"), ("olga", "/people"), ("vera", "/portal"), ("vera", "/portal/plan"),
            ] {
                let page = try await browser(person).get(path)
                #expect(page.status == .ok)
                #expect(page.text.contains("Nothing can be saved"))
            }
            let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
            let listed = try await browser("nobody").get("/api/v1/clients", headers: bearer)
            #expect(listed.status == .ok)
            let wrong = try await browser("nobody").get(
                "/api/v1/clients", headers: [.authorization: "Bearer msty_none"])
            #expect(wrong.status == .unauthorized)
            try letGo()
            try test.store.trySaving(at: test.clock.now.seconds)
            let page = try await browser("ari").get("/today")
            #expect(page.status == .ok)
            #expect(!page.text.contains("Nothing can be saved"))
        }
        // Who read is noted as seen once it can be written.
        try test.site.signIn.lastSeen.write(to: test.store)
        #expect(!test.site.signIn.lastSeen.isWaiting)
        #expect(try test.site.signIn.tokens(of: "olga").first?.usedAt == test.clock.now)
        #expect(try test.site.signIn.sessions(of: "olga", current: nil).contains { $0.seenAt == test.clock.now })
    }

    @Test("Whoever reads waits for nobody who writes", arguments: EngineKind.tested)
    func readingBesideAWriter(_ kind: EngineKind) async throws {
        let test = try TestSite(kind)
        test.clock.set(Instant(seconds: test.clock.now.seconds + 600))
        let (begin, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let other = try test.other()
        let writer = Thread {
            try? other.write { connection in
                _ = try connection.run("DELETE FROM throttle")
                begin.signal()
                end.wait()
            }
        }
        writer.start()
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                begin.wait()
                continuation.resume()
            }
        }
        defer { end.signal() }
        try await test.browse { browser in
            let page = try await browser("ari").get("/today")
            #expect(page.status == .ok)
        }
    }

    @Test("A session that is used lasts, also while that cannot be written down")
    func lasts() throws {
        let test = try TestSite()
        let token = test.sessions["ari"] ?? ""
        for _ in 0..<3 {
            test.clock.set(Instant(seconds: test.clock.now.seconds + 10 * 3600))
            #expect(try test.site.signIn.person(token: token) != nil)
        }
        test.clock.set(Instant(seconds: test.clock.now.seconds + 13 * 3600))
        #expect(try test.site.signIn.person(token: token) == nil)
    }

    @Test(
        "Each fault is a 503 that says when to try again, on pages and in the API",
        arguments: [
            (StorageError.disk("the disk is full"), "Nothing can be saved now", "not-saved"),
            (.away("it cannot be reached", fix: "look"), "The database is away", "database-away"),
            (.connectionLost("it went"), "The database is away", "database-away"),
            (.cannotOpen("no right", fix: "grant it"), "The database cannot be used", "database-unusable"),
            (.commitUnknown("it went"), "It is not known yet whether this was saved", "outcome-unknown"),
            (.busy, "The database is busy", "busy"),
        ])
    func answers(error: StorageError, title: String, code: String) {
        for isPortal in [false, true] {
            let page = ErrorPage(error, requestID: "1", isPortal: isPortal)
            #expect(page.page.status == .serviceUnavailable)
            #expect(page.page.title == title)
            #expect(page.retryAfter != nil)
            #expect(!page.page.content.markup.contains("mistake is ours"))
            let says = page.page.content.markup.contains("Nothing was done")
            #expect(says == (code != "outcome-unknown"))
        }
        let problem = APIProblem(error)
        #expect(problem?.status == .serviceUnavailable)
        #expect(problem?.code == code)
        #expect(problem?.headers.contains { $0.name == .retryAfter } == true)
    }

    @Test(
        "What was saved and cannot be shown is not said to be undone", arguments: [false, true])
    func notShown(isComplete: Bool) throws {
        let test = try TestSite()
        let owner = Actor(id: "olga", role: .owner)
        let failed = #expect(throws: NotShown.self) {
            try NotShown.telling {
                _ = try test.desk.perform(AddUser(id: "new", fullName: "New", role: .agent), by: owner)
                if !isComplete {
                    _ = try test.desk.perform(AddUser(id: "late", fullName: "Late", role: .agent), by: owner) { _ in
                        throw StorageError.disk("the disk is full")
                    }
                }
                throw StorageError.away("it went", fix: "wait")
            }
        }
        let error = try #require(failed)
        #expect(error.isComplete == isComplete)
        let page = ErrorPage(error, requestID: "1")
        #expect(page.page.status == .serviceUnavailable)
        #expect(page.page.title == (isComplete ? "It was saved, but cannot be shown now" : "A part of it was saved"))
        #expect(!page.page.content.markup.contains("Nothing was done"))
        #expect(page.retryAfter != nil)
        #expect(APIProblem(error)?.code == "saved-not-shown")
        // What nothing was saved of, and what a person did wrong, is told as it is.
        #expect(throws: StorageError.self) { try NotShown.telling { throw StorageError.busy } }
        #expect(throws: Refusal.self) {
            try NotShown.telling {
                _ = try test.desk.perform(SetEmail(id: "ari", email: "a@b.example"), by: owner)
                throw Refusal.nothingThere
            }
        }
    }

    @Test("Connections leave files for all else", arguments: [(64, 32), (192, 96), (256, 128), (1024, 896), (1, 1)])
    func connections(files: Int, most: Int) { #expect(Connections.most(files: files) == most) }

    @Test("While the database is waited for, the server lives and is not ready")
    func waiting() async throws {
        try await TestSite.whileWaiting { get in
            let (health, ready) = (try await get("/health"), try await get("/ready"))
            #expect(health.status == .ok)
            #expect(ready.status == .serviceUnavailable)
            for path in ["/today", "/portal", "/api/v1/clients"] {
                let answer = try await get(path)
                #expect(answer.status == .serviceUnavailable)
                #expect(answer.headers[.retryAfter] == "5")
                #expect(answer.headers[.contentSecurityPolicy] != nil)
            }
        }
    }
}
