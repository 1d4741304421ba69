import Agreements
import ServiceDesk
import SiteKit
import Values

/// The people at a client, on the client's page: who they are, and what they may do in the portal.
enum ContactsSection {
    static let routes: [Route] = [
        .post("/clients/{client}/contacts", .agent, add),
        .post("/clients/{client}/contacts/{contact}/invite", .manager, invite),
        .post("/clients/{client}/contacts/{contact}/role", .manager, changeRole),
        .post("/clients/{client}/contacts/{contact}/email", .owner, changeEmail).tryingPassword,
        .post("/clients/{client}/contacts/{contact}/end", .manager, end),
    ]

    static func html(_ visit: StaffVisit, _ id: ClientID) throws -> HTML {
        let contacts = try visit.read { try Directory($0).contacts(of: id) }
        let items = contacts.map { contact -> HTML in
            let ways = [
                contact.email.map { "<a href=\"mailto:\($0)\">\($0)</a>" as HTML },
                contact.phone.map { "\($0)" as HTML },
            ].compactMap(\.self)
            let badge: HTML = contact.role.map { " <span class=\"badge good\">\($0.rawValue)</span>" } ?? .empty
            return
                "<li><span class=\"title\">\(contact.name)</span> <span class=\"muted small\">\(contact.id)</span>\(badge)<br>\(ways.joined(separator: " · "))\(access(visit, id, contact))</li>"
        }
        let parts = FormParts(visit.visit).prefixed("contact")
        return """
            <section class="panel stack" aria-labelledby="contacts"><h2 id="contacts">Contacts</h2>
            \(items.isEmpty ? "<p class=\"muted\">None.</p>" as HTML : "<ul class=\"rows\">\(items)</ul>")
            <details><summary>Add a contact</summary>\(parts.form(Link.client(id, "contacts"), submit: "Add", style: "", """
                \(parts.text("name", "Name"))
                \(parts.text("email", "E-mail", type: "email", isRequired: false))
                \(parts.text("phone", "Telephone", type: "tel", isRequired: false))
                """))</details></section>
            """
    }

    private static func access(_ visit: StaffVisit, _ id: ClientID, _ contact: Directory.Contact) -> HTML {
        let parts = FormParts(visit.visit).prefixed(contact.id)
        func path(_ action: String) -> String { Link.client(id, "contacts/\(Link.escaped(contact.id))/\(action)") }
        let role = parts.choice("role", "May", PortalPeople.roles, value: contact.role?.rawValue ?? "viewer")
        let address: HTML =
            visit.may(.owner)
            ? "<details><summary>Change the address</summary>\(parts.prefixed("\(contact.id)-email").form(path("email"), submit: "Change", style: "", parts.prefixed("\(contact.id)-email").text("email", "E-mail", value: contact.email ?? "", hint: "The one before is told. They sign in anew.", type: "email") + AccessSection.password(parts.prefixed("\(contact.id)-email"), visit.person)))</details>"
            : .empty
        let end = parts.button(path("end"), "End access", style: "danger")
        guard contact.role != nil else {
            guard visit.may(.manager) else { return .empty }
            let email: HTML =
                contact.email == nil ? parts.text("email", "E-mail", type: "email") : .empty
            return
                "<details><summary>Invite to the portal</summary>\(parts.form(path("invite"), submit: "Invite", style: "", role + email))</details>\(address)"
        }
        guard visit.may(.manager) else { return address }
        let change = parts.form(path("role"), submit: "Save", style: "", role)
        return "<details><summary>Access</summary>\(change)\(end)</details>\(address)"
    }

    private static func add(_ visit: StaffVisit) throws -> Reply {
        let client = ClientID(try visit.named("client"))
        return try visit.submit({ try ClientPage.page(visit, problems: $0) }) {
            _ = try visit.standing(of: client)
            _ = try visit.perform(
                AddContact(
                    client: client, fullName: visit.form.text("name"), email: visit.form.optional("email"),
                    phone: visit.form.optional("phone")))
            return .redirect(Link.client(client), saying: "\(visit.form.text("name")) is added.")
        }
    }

    /// The contact that the path names.
    private static func contact(_ visit: StaffVisit) throws -> Directory.Contact {
        let (id, client) = (try visit.named("contact"), ClientID(try visit.named("client")))
        guard let contact = try visit.read({ try Directory($0).contact(id) }), contact.client == client else {
            throw PageError.missing
        }
        return contact
    }

    private static func invite(_ visit: StaffVisit) throws -> Reply {
        let contact = try contact(visit)
        return try visit.submit({ try ClientPage.page(visit, problems: $0) }) {
            let invited = try visit.site.signIn.inviteContact(
                contact.id, of: contact.client, fullName: contact.name,
                email: contact.email ?? visit.form.text("email"), role: try PortalPeople.role(visit.form),
                by: visit.actor, asked: visit.linkAsked)
            return .page(
                try visit.page(
                    "\(contact.name) is invited", in: .clients,
                    trail: [("Clients", Link.clients), (contact.client.text, Link.client(contact.client))]
                ) {
                    "<div class=\"panel stack\">\(LinkHTML.handedOn(visit.visit, invited.token, until: "within seven days"))</div>"
                })
        }
    }

    private static func changeRole(_ visit: StaffVisit) throws -> Reply {
        let contact = try contact(visit)
        return try visit.submit({ try ClientPage.page(visit, problems: $0) }) {
            let role = try PortalPeople.role(visit.form)
            _ = try visit.perform(ChangeContactRole(client: contact.client, contact: contact.id, access: role))
            return .redirect(Link.client(contact.client), saying: "\(contact.name) is \(role.rawValue) now.")
        }
    }

    private static func changeEmail(_ visit: StaffVisit) throws -> Reply {
        let contact = try contact(visit)
        return try visit.submit({ try ClientPage.page(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            _ = try visit.perform(
                ChangeContactEmail(client: contact.client, contact: contact.id, email: visit.form.text("email")))
            return .redirect(
                Link.client(contact.client), saying: "\(contact.name) has another address. The one before is told.")
        }
    }

    private static func end(_ visit: StaffVisit) throws -> Reply {
        let contact = try contact(visit)
        return try visit.submit({ try ClientPage.page(visit, problems: $0) }) {
            _ = try visit.perform(EndContact(client: contact.client, contact: contact.id))
            return .redirect(Link.client(contact.client), saying: "\(contact.name) has no access any more.")
        }
    }
}
