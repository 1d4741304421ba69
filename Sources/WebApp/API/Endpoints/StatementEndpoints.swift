import Exchange
import ServiceDesk
import SiteKit
import Storage
import Wording

/// Statements: every figure of a month, and why.
enum StatementEndpoints {
    static let all: [APIEndpoint] = [
        .get(
            "/clients/{client}/statements/{period}", "getStatement",
            "The account of a client and a month, line by line.",
            isForContacts: true, answer: .open("A statement; docs/statements describes it.")
        ) { visit in
            let statement = try visit.statement(try visit.client(), try visit.period())
            return .json(StatementJSON.value(statement, words: Wording(try visit.terms()), now: visit.now))
        },
        .get(
            "/clients/{client}/statements/{period}/explanation", "explainStatement",
            "Why a month comes to what it comes to, as a tree to follow by hand.", isForContacts: true,
            answer: .open("A text, and because: what it was made from.")
        ) { visit in
            let statement = try visit.statement(try visit.client(), try visit.period())
            return .json(
                APIJSON.explanation(Explainer(statement, words: Wording(try visit.terms()), now: visit.now).total))
        },
        .get(
            "/audit", "listAudit", "Who did what, the latest first.",
            query: [
                .init(name: "person", schema: .id), .init(name: "operation", schema: .id),
                .init(name: "client", schema: .id), .init(name: "subject", schema: .id), .page,
                .init(name: "cursor", schema: .whole(1...Int(Int32.max), "The last line of the page before.")),
            ],
            answer: .list(
                of: .object([
                    .must("id", .whole(1...Int.max, "Its number.")), .must("at", .instant),
                    .must("person", .text("Who.")),
                    .must("operation", .text("What.")), .must("client", .text("Whom it was about.")),
                    .must("subject", .text("What it was about.")),
                ]))
        ) { visit in
            guard visit.actor.may(.owner) else { throw Refusal.notAllowed("The audit trail is for owners.") }
            let filter = AuditFilter(
                actor: visit.query.optional("person"), operation: visit.query.optional("operation"),
                client: visit.query.optional("client"), subject: visit.query.optional("subject"))
            let lines = try visit.read {
                try AuditTrail($0).lines(
                    matching: filter, before: visit.query.recordNumber("cursor"), limit: visit.limit)
            }
            return .page(
                lines.map(APIJSON.audit), next: lines.count == visit.limit ? lines.last.map { "\($0.id)" } : nil)
        },
    ]
}
