import Exchange
import Formats
import Foundation
import HTTPTypes
import Rating
import Testing
import TestSupport
import Values

@testable import ServiceDesk
@testable import SiteKit
@testable import WebApp

@Suite("What is said inside is not read outside")
struct ClientEyesTests {
    private let owner = Actor(id: "olga", role: .owner)

    /// Every field of ours gets a mark, then everything that a client can read is read: no mark may be in it.
    private func fill(_ test: TestSite, _ request: RequestID) throws {
        let desk = test.desk
        for id in ["mark-agent", "mark-other"] {
            _ = try desk.perform(AddUser(id: id, fullName: "Una \(id)", role: .agent), by: owner)
        }
        _ = try desk.perform(SetEmail(id: "mark-agent", email: "mark-mail@agency.example"), by: owner)
        _ = try desk.perform(
            WriteMessage(
                request: request, text: "mark-note: they never read these", isInternal: true,
                attachments: [NewAttachment(name: "mark-file.txt", content: Array("mark-content".utf8))]), by: owner)
        // What an answer by mail has besides its words.
        _ = try desk.perform(
            WriteMessage(
                request: request, text: "It is mended.",
                whole: "It is mended.\n\n> mark-quote: they never read these", isInternal: false, cameByMail: true),
            by: owner)
        _ = try desk.perform(
            AcceptRequest(request: request, workType: "research", assignee: "mark-agent"), by: owner)
        _ = try desk.perform(SnoozeRequest(request: request, until: "2027-03-03"), by: owner)
        let withdrawn = try desk.perform(
            LogTime(
                request: request, workType: "research", when: .dated("2026-11-20", "0:25"), note: "mark-withdrawn"),
            by: owner
        ).id
        _ = try desk.perform(VoidTime(entry: EntryID(withdrawn), reason: "not theirs"), by: owner)
        _ = try desk.perform(
            StartTimer(request: request, workType: "research", note: "mark-timer"), by: Actor(id: "ari", role: .agent))
        // Another client, and what was theirs before it was this one's.
        _ = try desk.perform(AddClient(id: "mark-client", fullName: "Mark-client Ltd", zone: .utc), by: owner)
        let other = try desk.perform(
            OpenRequest(
                client: "mark-client", serviceLine: "website-maintenance", title: "Moved",
                message: "mark-words of the other client"), by: owner
        ).id
        _ = try desk.perform(MoveRequest(request: RequestID(other), client: "acme", reason: "misfiled"), by: owner)
        _ = try desk.perform(
            AddContact(client: "mark-client", fullName: "Mark-contact", email: "mark-contact@else.example"), by: owner)
        _ = try desk.perform(
            AddWebhook(
                url: "https://mark-hook.example/", events: [.timeLogged],
                secret: WebhookSecret { [UInt8](repeating: 1, count: $0) }, allowsPrivate: false), by: owner)
        _ = try test.log("ari", "0:45")
    }

    /// The marks in a text.
    private func marks(_ text: String) -> Set<String> {
        Set(text.lowercased().matches(of: /mark-[a-z]+/).map { String($0.0) })
    }

    @Test(
        "No page, call, calendar, mail or error of a client has anything of ours in it", arguments: EngineKind.tested)
    func marked(kind: EngineKind) async throws {
        let test = try TestSite(kind) { $0.sendsMail = true }
        let request = RequestID(try test.last("request"))
        try fill(test, request)
        let person = try #require(try test.site.signIn.person(token: test.sessions["bill"] ?? ""))
        let token = try test.site.signIn.makeToken(
            name: "t", scopes: [.read, .requests], expires: test.clock.now + Hours(24), for: person.actor
        ).token
        let feed = try test.site.signIn.makeFeed(for: person)
        let names = try [
            "request": request.text, "attachment": test.last("attachment"), "client": "acme", "period": "2026-11",
            "entry": test.last("time"), "contact": test.contact("vera"), "session": "none", "apitoken": "none",
            "name": "a.txt",
        ]
        let read = Locked<[(what: String, text: String)]>([])
        try await test.browse { browser in
            func path(_ path: String) -> String {
                names.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
            }
            for route in RouteTable.all {
                switch route.rule {
                case .contact where !route.path.hasSuffix("/end-all"):
                    // A form without anything in it shows the errors, too.
                    let answer =
                        route.method == .get
                        ? try await browser("bill").get(path(route.path))
                        : try await browser("bill").post(path(route.path))
                    read.change { $0.append(("\(route.method) \(route.path)", answer.text)) }
                case .token(let endpoint):
                    var headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
                    headers.append(HTTPField(name: SecurityHeaders.known("Idempotency-Key"), value: route.path))
                    let answer = try await browser("").send(
                        endpoint.method, path(route.path), body: endpoint.method == .get ? nil : "{}", headers: headers)
                    read.change { $0.append(("\(route.method) \(route.path)", answer.text)) }
                default: break
                }
            }
            // What is ours by its own address.
            for path in ["/portal/requests/mark-none", "/portal/attachments/\(names["attachment"] ?? "")"] {
                let answer = try await browser("bill").get(path)
                read.change { $0.append((path, answer.text)) }
            }
            let filtered = try await browser("").send(
                .get, "/api/v1/requests?assignee=mark-agent", headers: [.authorization: "Bearer \(token)"])
            let all = try await browser("").send(
                .get, "/api/v1/requests", headers: [.authorization: "Bearer \(token)"])
            #expect(filtered.text == all.text)
            let calendar = try await browser("").get("/feeds/\(feed).ics")
            read.change { $0.append(("calendar", calendar.text)) }
        }
        for (to, text) in try mails(test) where to.hasSuffix("@acme.example") {
            read.change { $0.append(("mail to \(to)", text)) }
        }
        let texts = read.value
        let found = texts.compactMap { what, text in
            let marks = marks(text).subtracting(["mark-none"])
            return marks.isEmpty ? nil : "\(what): \(marks.sorted().joined(separator: ", "))"
        }
        #expect(found == [])
        // It is no use to read nothing.
        #expect(texts.count > 60)
        #expect(texts.filter { $0.text.contains("It is mended.") }.count > 2)
        #expect(texts.contains { $0.what.hasPrefix("mail to") })
    }

    /// All mails that are due, each with whom it is to and its plain text.
    private func mails(_ test: TestSite) throws -> [(to: String, text: String)] {
        let folder = NSTemporaryDirectory() + "eyes-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keep = "{ echo \"$2\"; cat; } > \"$0/$(ls $0 | wc -l | xargs printf %05d)-$$\""
        let room = MailRoom(
            desk: test.desk, mail: MailCommand(command: ["/bin/sh", "-c", keep, folder], sender: "d@agency.example"),
            publicURL: "https://desk.example")
        _ = try room.round()
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            let message = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let parts = message.components(separatedBy: "Content-Transfer-Encoding: base64\n\n").dropFirst()
            let texts = parts.map { part in
                let base64 = part.components(separatedBy: "\n--").first ?? ""
                return String(
                    decoding: Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data(), as: UTF8.self)
            }
            return (String(message.prefix { $0 != "\n" }), texts.joined(separator: "\n") + message.prefix(2000))
        }
    }

    @Test("Staff see the whole of a mail, clients what was written to them", arguments: EngineKind.tested)
    func whole(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let request = RequestID(try test.last("request"))
        _ = try test.desk.perform(
            WriteMessage(
                request: request, text: "Soon.", whole: "Soon.\n> they never read these", isInternal: false,
                cameByMail: true), by: owner)
        try await test.browse { browser in
            let ours = try await browser("ari").get(Link.request(request))
            #expect(ours.text.contains("they never read these"))
            let theirs = try await browser("anna").get(PortalLink.request(request))
            #expect(theirs.text.contains("Soon."))
            #expect(!theirs.text.contains("they never read these") && !theirs.text.contains("The whole mail"))
        }
    }
}
