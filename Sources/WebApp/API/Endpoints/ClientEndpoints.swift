import Agreements
import Database
import Formats
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// Clients: who they are, what is left to them, the people there.
enum ClientEndpoints {
    static let all: [APIEndpoint] = [
        .get(
            "/clients", "listClients",
            "All clients and lines with what is used and left, the nearest to trouble first.",
            query: [.page, .init(name: "after", schema: .whole(0...1_000_000, "So many rows are left out."))],
            answer: .list(of: APIJSON.riskSchema)
        ) { visit in
            let rows = try visit.read { try visit.site.risk.rows($0, desk: visit.site.desk) }
            let first = min(visit.query.whole("after", in: 0...1_000_000) ?? 0, rows.count)
            let page = rows[first..<min(first + visit.limit, rows.count)]
            return .page(page.map(APIJSON.risk), next: page.endIndex < rows.count ? "\(page.endIndex)" : nil)
        },
        .post(
            "/clients", "addClient", "Add a client.", .agreements,
            body: .object([
                .must("id", .id), .must("name", .words("What they are called.")),
                .must("zone", .words("Their time zone: Europe/Oslo.")),
            ])
        ) { visit in
            let zone = try TypedInput.zone(visit.required("zone"))
            return try visit.recorded(
                AddClient(id: ClientID(visit.required("id")), fullName: visit.required("name"), zone: zone))
        }.making("getClient", "client"),
        .get(
            "/clients/{client}", "getClient", "A client, and what was agreed with them.", isForContacts: true,
            answer: .object([
                .must("id", .id), .must("name", .text("What they are called.")),
                .must("zone", .text("Their time zone.")),
                .must("currency", .text("Their currency.")),
                .must("contracts", .list(.open("A contract."))), .must("blocks", .list(.open("Hours bought ahead."))),
                .must("projects", .list(.open("A project."))),
            ])
        ) { visit in
            let id = try visit.client()
            return try visit.preview { desk in
                let facts = try desk.standing(of: id)
                let zones = desk.zones(of: id, facts)
                return .json(APIJSON.client(id, facts, zones.zone(of: zones.period(containing: desk.now))))
            }
        },
        .post(
            "/clients/{client}/zone", "changeZone",
            "Change a client's time zone from a month on: the next one where no month is given, and none that is closed.",
            .agreements, body: .object([.must("zone", .words("The zone.")), .may("from", .period)])
        ) { visit in
            let zone = try TypedInput.zone(visit.required("zone"))
            let first = visit.text("from") == nil ? nil : try visit.month("from")
            return try visit.recorded(ChangeZone(client: try visit.client(), zone: zone, from: first))
        },
        .get(
            "/clients/{client}/balance", "getBalance",
            "What is left of each pool of hours, and until when. Pools are never added up.",
            isForContacts: true,
            answer: .object([
                .must("client", .id), .must("period", .period), .must("pools", .list(APIJSON.balanceSchema)),
            ])
        ) { visit in
            let id = try visit.client()
            let today = try visit.date(orToday: "", of: id)
            let month = Period(containing: today)
            let balances = try visit.read { connection in
                try visit.site.store.account(connection, of: id, through: month, wanting: month...month)?
                    .statements.last { $0.period == month }?.balances ?? []
            }
            return .json(
                .object([
                    ("client", .string(id.text)), ("period", .string("\(month)")),
                    ("pools", .list(balances.map(APIJSON.balance))),
                ]))
        },
        .get(
            "/clients/{client}/contacts", "listContacts", "The people at a client.",
            answer: .list(
                of: .object([
                    .must("id", .id), .must("name", .text("Their name.")), .may("email", .text("Their e-mail.")),
                    .may("phone", .text("Their telephone number.")),
                    .may("role", .text("What they may do in the portal.")),
                ]))
        ) { visit in
            let id = try visit.client()
            let contacts = try visit.read { try Directory($0).contacts(of: id) }
            return .page(contacts.map(APIJSON.contact), next: nil)
        },
        .post(
            "/clients/{client}/contacts", "addContact", "Add a person at a client.", .agreements,
            body: .object([
                .must("name", .words("Their name.")), .may("email", .words("Their e-mail.")),
                .may("phone", .words("Their telephone number.")),
            ])
        ) { visit in
            try visit.recorded(
                AddContact(
                    client: try visit.client(), fullName: visit.required("name"), email: visit.text("email"),
                    phone: visit.text("phone")))
        },
        .post(
            "/clients/{client}/contacts/{contact}/role", "changeContactRole",
            "Say what a contact may do in the portal.",
            .agreements, body: .object([.must("role", .word(ContactRole.allCases.map(\.rawValue), "The role."))])
        ) { visit in
            try visit.recorded(
                ChangeContactRole(
                    client: try visit.client(), contact: try visit.named("contact"),
                    access: ContactRole(rawValue: visit.required("role")) ?? .viewer))
        },
        .post(
            "/clients/{client}/contacts/{contact}/end", "endContact", "End a contact's access to the portal.",
            .agreements
        ) { visit in
            try visit.recorded(EndContact(client: try visit.client(), contact: try visit.named("contact")))
        },
        .get(
            "/clients/{client}/advice", "getAdvice", "What other ways to pay would have cost on the last six months.",
            isForContacts: true,
            answer: .list(
                of: .object([
                    .must("way", .text("The way.")), .must("fees", .amount), .must("blocks", .amount),
                    .must("charges", .amount),
                    .must("charged", .hours), .must("lapsed", .hours), .must("total", .amount),
                ]))
        ) { visit in
            let id = try visit.client()
            let month = Period(containing: try visit.date(orToday: "", of: id))
            let terms = try visit.terms()
            let facts = try visit.read { try visit.site.desk.loader($0).all(of: id) }
            let ways = Advisor(terms: terms, facts: facts, client: id).history((month + -6)...(month + -1))
            let table = AlternativesTable(ways: ways, words: Wording(terms, projects: facts.projects))
            return .page(ways.map { APIJSON.alternative($0, table.title(of: $0.way)) }, next: nil)
        },
        .get(
            "/search", "search", "Whatever has all the words.",
            query: [.init(name: "q", schema: .text("Words, the last of which may be unfinished.")), .page],
            answer: .list(
                of: .object([
                    .must("kind", .text("What it is.")), .must("id", .id), .must("client", .text("Whose it is.")),
                    .may("request", .id), .must("title", .text("What it is called.")),
                    .must("snippet", .text("Where the words stand.")),
                ]))
        ) { visit in
            let hits = try visit.read {
                try Search($0, visit.site.store.engine.dialect).find(visit.query.text("q"), limit: visit.limit)
            }
            return .page(hits.map(APIJSON.hit), next: nil)
        },
    ]
}
