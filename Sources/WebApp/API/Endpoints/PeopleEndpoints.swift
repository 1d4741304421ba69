import ServiceDesk

/// The members of staff.
enum PeopleEndpoints {
    private static let role = APISchema.word(Role.allCases.map(\.rawValue), "What they may do.")
    private static func role(_ visit: APIVisit) -> Role { Role(rawValue: visit.required("role")) ?? .agent }

    static let all: [APIEndpoint] = [
        .get(
            "/users", "listUsers", "The members of staff; those who left too.",
            answer: .list(
                of: .object([
                    .must("id", .id), .must("name", .text("Their name.")), .must("role", role),
                    .must("ended", .flag("Whether they left.")),
                ]))
        ) { visit in
            guard visit.actor.may(.owner) else { throw Refusal.notAllowed("The list of people is for owners.") }
            return .page(try visit.read { try People($0).users() }.map(APIJSON.user), next: nil)
        },
        .post(
            "/users", "addUser", "Add a member of staff.", .admin,
            body: .object([.must("id", .id), .must("name", .words("Their name.")), .must("role", role)])
        ) { visit in
            try visit.recorded(AddUser(id: visit.required("id"), fullName: visit.required("name"), role: role(visit)))
        },
        .post(
            "/users/{user}/role", "changeRole", "Give a member of staff another role.", .admin,
            body: .object([.must("role", role)])
        ) {
            visit in
            try visit.recorded(ChangeRole(id: try visit.named("user"), newRole: role(visit)))
        }.takingPassword,
        .post("/users/{user}/end", "endUser", "End a member of staff's access.", .admin) { visit in
            try visit.recorded(EndUser(id: try visit.named("user")))
        },
        .post(
            "/people/{person}/erase", "erasePerson", "Erase what is kept of a contact, or of somebody who left.", .admin
        ) { visit in
            try visit.recorded(ErasePerson(id: try visit.named("person")))
        },
    ]
}
