import Agreements
import ServiceDesk
import SiteKit
import Values

/// Colleagues: who may see and do what, said by those who manage the company's account.
enum PortalPeople {
    static let routes: [Route] = [
        .get(PortalLink.people, .billing) { .page(try list($0)) },
        .post(PortalLink.people, .billing, invite),
        .post("/portal/people/{contact}/role", .billing, changeRole),
        .post("/portal/people/{contact}/end", .billing, end),
    ]

    /// The roles as people choose them.
    static let roles: [(value: String, name: String)] = [
        ("viewer", "Viewer: sees hours, work, requests and statements"),
        ("requester", "Requester: also opens requests and writes"),
        ("approver", "Approver: also approves work beyond the hours, asks for hours and plans"),
        ("billing", "Billing: also invites colleagues"),
    ]

    private static func list(_ visit: PortalVisit, problems: Problems? = nil) throws -> Page {
        let contacts = try visit.read { try Directory($0).contacts(of: visit.client) }
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page("Colleagues", in: .people, problems: problems) {
            var table = DataTable(
                "Colleagues",
                [
                    .init(title: "Name", kind: .heading), .init(title: "E-mail"), .init(title: "May"),
                    .init(title: "End", isTitleHidden: true),
                ])
            for contact in contacts {
                let mine = parts.prefixed(contact.id)
                let isMe = contact.id == visit.person.actor.id
                let change: HTML =
                    contact.role == nil || isMe
                    ? "\(contact.role?.rawValue ?? "no access")"
                    : mine.form(
                        PortalLink.person(contact.id, "role"), submit: "Save", style: "",
                        mine.choice(
                            "role", "Role of \(contact.name)", roles.map { ($0.value, $0.value) },
                            value: contact.role?.rawValue ?? ""))
                let end: HTML =
                    contact.role == nil || isMe
                    ? .empty : mine.button(PortalLink.person(contact.id, "end"), "End access", style: "danger")
                table.add(
                    [
                        "\(contact.name)\(isMe ? " <span class=\"badge good\">you</span>" as HTML : .empty)",
                        "\(contact.email ?? "")", change, end,
                    ])
            }
            return """
                <div class="panel">\(table.html)</div>
                <section class="panel stack" aria-labelledby="invite"><h2 id="invite">Invite a colleague</h2>
                \(parts.form(PortalLink.people, submit: "Invite", """
                    <div class="fields">\(parts.text("name", "Name"))\(parts.text("email", "E-mail", type: "email"))
                    \(parts.choice("role", "Role", roles))</div>
                    """))</section>
                """
        }
    }

    /// The role that a form names.
    static func role(_ form: FormFields) throws -> ContactRole {
        guard let role = ContactRole(rawValue: form.text("role")) else {
            throw Problems([
                Problem("role", "there is no such role", fix: "choose viewer, requester, approver or billing")
            ])
        }
        return role
    }

    private static func invite(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try list(visit, problems: $0) }) {
            let invited = try visit.site.signIn.inviteContact(
                nil, of: visit.client, fullName: visit.form.text("name"), email: visit.form.text("email"),
                role: try role(visit.form), by: visit.person.actor, asked: visit.linkAsked)
            guard invited.token.map({ visit.site.linkToShow($0) != nil }) ?? true else {
                return .redirect(
                    PortalLink.people, saying: "The invitation is on its way to \(visit.form.text("email")).")
            }
            return .page(
                try visit.page(
                    "\(visit.form.text("name")) is invited", in: .people, trail: [("Colleagues", PortalLink.people)]
                ) {
                    "<div class=\"panel stack\">\(LinkHTML.handedOn(visit.visit, invited.token, until: "within seven days"))</div>"
                })
        }
    }

    private static func contact(_ visit: PortalVisit) throws -> Directory.Contact {
        let id = try visit.named("contact")
        guard let contact = try visit.read({ try Directory($0).contact(id) }), contact.client == visit.client else {
            throw PageError.missing
        }
        return contact
    }

    private static func changeRole(_ visit: PortalVisit) throws -> Reply {
        let contact = try contact(visit)
        return try visit.submit({ try list(visit, problems: $0) }) {
            let role = try role(visit.form)
            _ = try visit.perform(ChangeContactRole(client: visit.client, contact: contact.id, access: role))
            return .redirect(PortalLink.people, saying: "\(contact.name) is \(role.rawValue) now.")
        }
    }

    private static func end(_ visit: PortalVisit) throws -> Reply {
        let contact = try contact(visit)
        return try visit.submit({ try list(visit, problems: $0) }) {
            _ = try visit.perform(EndContact(client: visit.client, contact: contact.id))
            return .redirect(PortalLink.people, saying: "\(contact.name) has no access any more.")
        }
    }
}
