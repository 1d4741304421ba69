import Agreements
import Foundation
import HTTPTypes
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@testable import WebApp

@Suite("What is offered is what the terms that hold today have")
struct OfferedTests {
    /// The example's terms, effective on another day, with a kind of work, a line and a plan that are new then, and without
    /// one that is there now.
    private func later(_ day: String) throws -> AddTerms {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "examples/terms/current.yaml")
        let yaml = try String(contentsOf: file, encoding: .utf8)
            .replacing("effective: 2021-01-01", with: "effective: \(day)")
            .replacing(
                "  research: {name: Research and discovery}",
                with: "  research: {name: Research and discovery}\n  audits: {name: Security audits}"
            )
            .replacing("  design: {name: Design}\n", with: "").replacing(" design,", with: "")
            .replacing(
                "work_types:\n",
                with: "  hosting:\n    name: Hosting care\n    about: the machine\n    covers: [audits]\nwork_types:\n"
            )
            .replacing(
                "plans:\n",
                with:
                    "plans:\n  host-1: {name: Host 1, service_line: hosting, hours: 1, fee: 99.00, overage_rate: 160.00}\n"
            )
        return AddTerms(yaml: yaml, file: "later")
    }

    @Test(
        "Terms to come offer nothing yet, on no page, and a client's new request goes on", arguments: EngineKind.tested)
    func toCome(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let owner = Actor(id: "olga", role: .owner)
        _ = try test.desk.perform(later("2027-03-01"), by: owner)
        let request = try test.desk.perform(
            OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Slow again"), by: owner
        ).id
        try await test.browse { browser in
            let pages = [
                ("bill", "/portal/requests/new"), ("bill", "/portal/plan"), ("olga", "/requests/new"),
                ("olga", "/requests/\(request)"), ("olga", "/triage/\(request)"), ("olga", "/clients/acme/contract"),
            ]
            for (person, path) in pages {
                let page = try await browser(person).get(path)
                #expect(page.status == .ok, "\(path)")
                for word in ["Security audits", "Hosting care", "Host 1"] {
                    #expect(!page.text.contains(word), "\(path) offers \(word)")
                }
            }
            let new = try await browser("bill").get("/portal/requests/new")
            #expect(new.text.contains("What it would cost") && new.text.contains("Design"))
        }
        // Nor can it be taken by another way.
        func refused(_ operation: some DeskOperation, _ words: String) {
            let refused = #expect(throws: Problems.self) { try test.desk.perform(operation, by: owner) }
            #expect(refused?.description.contains(words) == true, "\(refused?.description ?? "")")
        }
        refused(
            OpenRequest(client: "acme", serviceLine: "hosting", title: "A machine"), "is offered from 2027-03-01 on")
        refused(StartTimer(request: RequestID(request), workType: "audits"), "no work type \"audits\"")
        refused(
            AcceptRequest(request: RequestID(request), workType: "audits"), "no work type \"audits\"")
        #expect(throws: Problems.self) {
            try test.desk.preview(by: owner) { try QuickEntry("\(request) 20m audits: looked", in: $0) }
        }
        // Once it holds, all of it is there, and what is over is offered no more.
        test.clock.set("2027-03-02T12:00:00Z")
        _ = try test.desk.perform(
            OpenRequest(client: "acme", serviceLine: "hosting", title: "A machine"), by: owner)
        refused(StartTimer(request: RequestID(request), workType: "design"), "no work type \"design\"")
        // Work of a day of before is of a kind of before.
        let entry = try test.desk.preview(by: owner) { try QuickEntry("\(request) 2027-02-20 20m research: x", in: $0) }
        #expect(entry.workType == "research")
    }

    @Test("A contract with an end to come is asked about like others, until it is over", arguments: EngineKind.tested)
    func ending(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let owner = Actor(id: "olga", role: .owner)
        _ = try test.desk.perform(EndContract(contract: "acme-web", on: "2026-12-10"), by: owner)
        for (day, isOffered) in [("2026-11-23", true), ("2026-12-31", true), ("2027-01-01", false)] {
            test.clock.set(try #require(Instant("\(day)T12:00:00Z")))
            let link = try test.site.signIn.inviteContact(
                nil, of: "acme", fullName: "N", email: "n\(day)@acme.example", role: .approver, by: owner)
            guard case .signedIn(let session) = try test.site.signIn.enter(link.token, address: "", agent: "") else {
                Issue.record("the link lets nobody in")
                return
            }
            try await test.browse { browser in
                let page = try await browser("").send(
                    .get, "/portal/plan", headers: [.cookie: "mainstay-session=\(session)"])
                #expect(page.status == .ok)
                #expect(page.text.contains("Another plan") == isOffered, "\(day)")
            }
        }
    }
}
