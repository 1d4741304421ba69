import Foundation
import HTTPTypes
import MailReader
import Rating
import ServiceDesk
import Storage
import Synchronization
import Testing
import TestSupport
import Values

@testable import WebApp

@Suite("One request, from the client's mail to the statement")
struct WalkTests {
    /// Keeps what a sendmail-compatible command is given.
    private final class Postbox: Sendable {
        let folder = NSTemporaryDirectory() + "walk-\(UUID().uuidString)"

        init() throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let script = "#!/bin/sh\nfor last; do :; done\ncat > \"\(folder)/$(date +%s%N)-$last\"\n"
            try script.write(toFile: "\(folder).sh", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder).sh")
        }

        deinit {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.removeItem(atPath: "\(folder).sh")
        }

        private let ids = Mutex<[String: String]>([:])
        private let texts = Mutex<[String: String]>([:])

        /// The plain text of the last mail that somebody got.
        func lastText(to reader: String) -> String { texts.withLock { $0[reader] ?? "" } }

        /// The id of the last mail that somebody got.
        func lastID(to reader: String) -> String { ids.withLock { $0[reader] ?? "" } }

        /// Who got what, by subject, since it was last asked.
        func taken() throws -> Set<String> {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            return Set(
                try names.map { name in
                    let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                    try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
                    func header(_ name: String) -> String {
                        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name): ") }
                        return String(line?.dropFirst(name.count + 2) ?? "")
                    }
                    let reader = String(name.split(separator: "-", maxSplits: 1).last ?? "")
                    ids.withLock { $0[reader] = header("Message-ID") }
                    let part = text.components(separatedBy: "\n\n").dropFirst(2).first ?? ""
                    let base64 = part.components(separatedBy: "\n--")[0]
                    let bytes = Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data()
                    texts.withLock { $0[reader] = String(decoding: bytes, as: UTF8.self) }
                    return "\(reader): \(header("Subject"))"
                })
        }
    }

    /// Gives a mail to the desk as a mail server would.
    private func receive(_ mail: String, _ test: TestSite) throws -> MailIntake.Outcome {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        fputs(mail, file)
        rewind(file)
        return try MailIntake(desk: test.desk).take(MailReader.read(descriptor: fileno(file)))
    }

    @Test(
        "Asked by mail, triaged, worked on, answered, done: hours, mails and statement agree",
        arguments: EngineKind.tested)
    func walk(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let box = try Postbox()
        let alerts = AlertRoom(desk: test.desk)
        let room = MailRoom(
            desk: test.desk,
            mail: MailCommand(command: ["\(box.folder).sh"], sender: "desk@agency.example"),
            publicURL: "https://desk.example")
        _ = try room.round()
        _ = try box.taken()
        // Of what happens within a few minutes there is one mail; this happens later.
        test.clock.set(test.clock.now + Hours(0, 6))
        try await test.browse { browser in
            let opened = try receive(
                """
                From: Rick <rick@acme.example>
                Subject: Vouchers
                Message-ID: <1@acme.example>
                Content-Type: text/html; charset=utf-8

                <html><body><p>They do not print.</p></body></html>
                """, test)
            let id = RequestID(try test.last("request"))
            #expect(opened == .opened(id))
            try alerts.round()
            _ = try room.round()
            // Nobody's yet: those who share out the work are told. Who asked hears that it came, and what it would cost.
            var mails = try box.taken()
            #expect(
                mails == [
                    "olga@agency.example: [\(id)] Vouchers", "mia@agency.example: [\(id)] Vouchers",
                    "rick@acme.example: [\(id)] Vouchers",
                ])
            #expect(box.lastText(to: "rick@acme.example").contains("Server work: Not charged"))
            #expect(box.lastText(to: "rick@acme.example").contains("Covered by your plan"))

            let triage = try await browser("ari").get("/triage")
            #expect(triage.text.contains("Vouchers"))
            _ = try test.desk.perform(
                AcceptRequest(request: id, workType: "troubleshooting", assignee: "ari"),
                by: Actor(id: "ari", role: .agent))
            let logged = try await browser("ari").post(
                "/time", ["line": "\(id) 1:40 troubleshooting: the driver was gone", "save": "yes", "key": "once"])
            #expect(logged.status == .seeOther)
            try alerts.round()
            _ = try room.round()
            // 1:40 of 2:00 are 83 per cent: told once, to those who decide.
            mails = try box.taken()
            let alert = "Website maintenance: 80 % of your hours used"
            #expect(mails == ["anna@acme.example: \(alert)", "bill@acme.example: \(alert)"])

            let home = try await browser("vera").get(PortalLink.home)
            #expect(home.text.contains("20 min left until 30 November 2026"))
            #expect(home.text.contains("the driver was gone"))

            _ = try await browser("ari").post(
                Link.request(id, "messages"), ["text": "They print again.", "for": "client"])
            try alerts.round()
            _ = try room.round()
            mails = try box.taken()
            #expect(mails == ["rick@acme.example: [\(id)] Vouchers"])
            let answered = try receive(
                """
                From: rick@acme.example
                Subject: Re: [\(id)] Vouchers
                Message-ID: <2@acme.example>
                In-Reply-To: \(box.lastID(to: "rick@acme.example"))

                Thank you!

                On Mon, 23 Nov 2026, Ari wrote:
                > They print again.
                """, test)
            #expect(answered == .answered(id))
            let conversation = try await browser("rick").get(PortalLink.request(id))
            // The words alone; the whole mail is for staff, behind a question.
            #expect(conversation.text.contains("<p class=\"text\">Thank you!</p>"))
            #expect(!conversation.text.contains("The whole mail"))
            let ours = try await browser("ari").get(Link.request(id))
            #expect(ours.text.contains("<p class=\"text\">Thank you!</p><details"))
            try alerts.round()
            _ = try room.round()
            mails = try box.taken()
            #expect(mails == ["ari@agency.example: [\(id)] Vouchers"])

            _ = try test.desk.perform(SetRequestState(request: id, state: .done), by: Actor(id: "ari", role: .agent))
            try alerts.round()
            _ = try room.round()
            mails = try box.taken()
            #expect(mails == ["rick@acme.example: [\(id)] Vouchers"])

            let statement = try await browser("vera").get(PortalLink.statement("2026-11"))
            #expect(statement.text.contains("1:40 Care 2"))
            #expect(statement.text.contains("Vouchers"))
            #expect(statement.text.contains("$290.00"))

            test.clock.set("2026-12-01T09:00:00Z")
            for period: Period in ["2026-09", "2026-10", "2026-11"] {
                _ = try test.desk.perform(
                    ClosePeriod(client: "acme", period: period), by: Actor(id: "olga", role: .owner))
            }
            try alerts.round()
            _ = try room.round()
            mails = try box.taken()
            #expect(mails.contains("anna@acme.example: Your statement of November 2026"))
            #expect(!mails.contains { $0.hasPrefix("vera") || $0.hasPrefix("rick") || $0.contains("beta") })
        }
    }
}
