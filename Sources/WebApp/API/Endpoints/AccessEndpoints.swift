import Formats
import ServiceDesk

/// How people get in: invitations, links, addresses, and which mails they want.
enum AccessEndpoints {
    private static let link: [APISchema.Property] = [
        .must("id", .id),
        .may(
            "link",
            .text("Lets them in once: give it to them, it is not shown again. Where mail is sent it goes there alone.")),
    ]

    static let all: [APIEndpoint] = [
        .post(
            "/clients/{client}/invitations", "inviteContact",
            "Let a person at a client into the portal: a contact who is known, or somebody new.", .agreements,
            body: .object([
                .may("contact", .id), .may("name", .words("Their name, of somebody new.")),
                .may("email", .words("Where they read mail, unless it is known; no other than is known.")),
                .must("role", .word(ContactRole.allCases.map(\.rawValue), "What they may do.")),
            ]), answer: .object(link)
        ) { visit in
            let client = try visit.client()
            let invited = try visit.site.signIn.inviteContact(
                visit.text("contact"), of: client, fullName: visit.text("name") ?? "", email: visit.text("email"),
                role: ContactRole(rawValue: visit.required("role")) ?? .viewer, by: visit.actor,
                asked: visit.linkAsked())
            return try answer(visit, invited.id, invited.token)
        },
        .post(
            "/clients/{client}/contacts/{contact}/email", "changeContactEmail",
            "Give a contact another address: for owners. The one before is told, and they sign in anew.", .admin,
            body: .object([.must("email", .words("Their e-mail."))])
        ) { visit in
            try visit.recorded(
                ChangeContactEmail(
                    client: try visit.client(), contact: try visit.named("contact"), email: visit.required("email")))
        }.takingPassword,
        .post(
            "/clients/{client}/contacts/{contact}/mail", "setMailPreference",
            "Say which mails a contact does without; people at clients for themselves.", .requests,
            isForContacts: true,
            body: .object([
                .must("off", .list(.word(MailKind.allCases.map(\.rawValue), "A kind of mail."), most: 10))
            ])
        ) { visit in
            try visit.recorded(
                SetMailPreference(
                    client: try visit.client(), contact: try visit.named("contact"),
                    off: Set(visit.texts("off").compactMap { MailKind(rawValue: $0) })))
        },
        .post(
            "/users/invitations", "inviteUser", "Invite a member of staff.", .admin,
            body: .object([
                .must("id", .id), .must("name", .words("Their name.")),
                .must("role", .word(Role.allCases.map(\.rawValue), "What they may do.")),
                .must("email", .words("Their e-mail.")),
            ]), answer: .object(link)
        ) { visit in
            let id = visit.required("id")
            let token = try visit.site.signIn.invite(
                id: id, fullName: visit.required("name"), role: Role(rawValue: visit.required("role")) ?? .agent,
                email: visit.required("email"), by: visit.actor, asked: visit.linkAsked())
            return try answer(visit, id, token)
        }.takingPassword,
        .post(
            "/users/{user}/reset", "resetAccess", "Make a link by which somebody chooses a new password.", .admin,
            answer: .object(link)
        ) { visit in
            let id = try visit.named("user")
            return try answer(
                visit, id, try visit.site.signIn.resetAccess(of: id, by: visit.actor, asked: visit.linkAsked()))
        }.takingPassword,
        .post(
            "/users/{user}/email", "setEmail",
            "Give another member of staff the address that they sign in with. The one before is told.", .admin,
            body: .object([.must("email", .words("Their e-mail."))])
        ) { visit in
            try visit.recorded(SetEmail(id: try visit.named("user"), email: visit.required("email")))
        }.takingPassword,
    ]

    /// - Parameter token: nil where the key was used with another token of the API, and so for another link.
    private static func answer(_ visit: APIVisit, _ id: String, _ token: String?) throws -> APIReply {
        guard let token else { throw Refusal.keyUsedOtherwise(visit.key ?? "") }
        return .json(.fields([("id", .string(id)), ("link", visit.site.linkToShow(token).map { .string($0) })]))
    }
}
