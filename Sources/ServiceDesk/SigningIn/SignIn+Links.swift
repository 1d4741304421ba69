package import Agreements
package import Database
import Foundation
import Rating
import Storage
import Values

/// Whose a one-time link is.
package struct LinkInfo: Hashable, Sendable {
    /// Whether it is a new person's.
    package var isInvitation: Bool
    /// Whether it lets in without a password: those of people at clients do, where they are no resets.
    package var isEntry: Bool
    /// Whether they are at a client.
    package var isContact: Bool
    /// Their name.
    package var name: String
    /// What they sign in with.
    package var email: String
    /// What their company is called; nil for staff.
    var company: String?
}

/// Under which key a link is asked for: again under the same key none is made. Nothing is kept of a link but the hash.
package struct LinkAsked {
    var key: String
    var token: String?
    var condition: ((any SQLConnection) throws -> Void)?

    /// - Parameters:
    ///   - token: made of what only the program knows, so that it is the same each time and nobody else can guess it; nil
    ///     where there is no such thing, and only the first answer has a link.
    ///   - condition: throws where it is not to be made any more.
    package init(
        key: String, token: String? = nil, onlyIf condition: ((any SQLConnection) throws -> Void)? = nil
    ) {
        self.key = key
        self.token = token
        self.condition = condition
    }
}

/// The answer of operations that make a link: whose it is, and what is kept of its token, which tells a repeat whether its
/// own is the one.
package struct LinkMade: Codable, Hashable, Sendable {
    package let id: String
    let link: [UInt8]
}

/// One-time links: how people get in for the first time, and when they forgot their password.
extension SignIn {
    /// Adds a member of staff and makes the link by which they choose a password, good once, for seven days. It goes out by
    /// mail where the site sends any.
    ///
    /// - Returns: the link's token, which is kept nowhere; nil where it was asked before under the key, and that link is
    ///   another.
    package func invite(
        id: String, fullName: String, role: Role, email: String, by actor: Actor, asked: LinkAsked?
    ) throws -> String? {
        try making(asked, by: actor) {
            InviteUser(id: id, fullName: fullName, role: role, email: email, link: $0)
        }.token
    }

    /// The same without a key: the link is new.
    package func invite(id: String, fullName: String, role: Role, email: String, by actor: Actor) throws -> String {
        try new(invite(id: id, fullName: fullName, role: role, email: email, by: actor, asked: nil))
    }

    /// Makes a link by which somebody chooses a new password, good once, for a day.
    ///
    /// - Returns: as of an invitation.
    package func resetAccess(of user: String, by actor: Actor, asked: LinkAsked?) throws -> String? {
        try making(asked, by: actor) { ResetAccess(id: user, link: $0) }.token
    }

    /// The same without a key: the link is new.
    package func resetAccess(of user: String, by actor: Actor) throws -> String {
        try new(resetAccess(of: user, by: actor, asked: nil))
    }

    private func making<Asked: DeskOperation>(
        _ asked: LinkAsked?, by actor: Actor, _ operation: (_ link: [UInt8]) -> Asked
    ) throws -> (id: String, token: String?) where Asked.Answer == LinkMade {
        let token = asked?.token ?? newToken()
        let made = try desk.perform(
            operation(SignIn.hash(token)), by: actor, key: asked?.key, onlyIf: asked?.condition)
        return (made.id, made.link == SignIn.hash(token) ? token : nil)
    }

    private func new(_ token: String?) throws -> String {
        guard let token else { throw StorageError.internalFault("a link without a key was made before") }
        return token
    }

    /// Somebody who forgot their password asks for a link by mail. What they see is the same whoever they are.
    package func requestReset(email: String, address: String) throws {
        try linkAsked(email: email, address: address) { account, connection in
            try send(.reset, to: account.user, "password.reset-asked", connection)
        }
    }

    /// Whose a link is, without using it; nil where it was used or its time is over.
    package func openLink(_ token: String) throws -> LinkInfo? {
        try desk.store.read { connection in
            guard let link = try Accounts(connection).link(SignIn.hash(token), at: desk.now),
                let (actor, name) = try SignIn.actor(link.user, connection),
                let account = try Accounts(connection).account(of: link.user)
            else { return nil }
            let isContact = actor.client != nil
            return LinkInfo(
                isInvitation: link.purpose == .invitation, isEntry: isContact && link.purpose != .reset,
                isContact: isContact, name: name, email: account.email,
                company: try SignIn.company(of: actor, connection))
        }
    }

    /// Uses a link up: its owner has a new password, every other browser of theirs is signed out, and this one is in, or
    /// half in where a code is to come.
    ///
    /// - Throws: `Problems` where the password is not good; the link then still works.
    package func useLink(_ token: String, newPassword: String, address: String, agent: String) throws -> SignInAnswer {
        guard let info = try openLink(token) else { return .refused }
        try PasswordRules.check(newPassword, email: info.email, name: info.name, company: info.company)
        let hash = try hasher.hash(newPassword)
        return try desk.store.write { connection in
            let accounts = Accounts(connection)
            guard let link = try accounts.link(SignIn.hash(token), at: desk.now),
                try accounts.useLink(SignIn.hash(token), at: desk.now),
                let account = try accounts.account(of: link.user)
            else { return .refused }
            try checkOnePassword(account, connection)
            let state = try accounts.setPassword(hash, of: link.user, salt: randomBytes(16))
            try accounts.cutOff(link.user, except: nil)
            try note("password.set", by: link.user, about: link.user, connection, state)
            try noteProof(link, connection)
            return try begin(account, address, agent, connection, isProven: false)
        }
    }

    /// Lets a person at a client in by their link alone, and uses it up.
    package func enter(_ token: String, address: String, agent: String) throws -> SignInAnswer {
        guard let info = try openLink(token), info.isEntry else { return .refused }
        return try desk.store.write { connection in
            let accounts = Accounts(connection)
            guard let link = try accounts.link(SignIn.hash(token), at: desk.now),
                try accounts.useLink(SignIn.hash(token), at: desk.now),
                let account = try accounts.account(of: link.user)
            else { return .refused }
            try noteProof(link, connection)
            return try begin(account, address, agent, connection, isProven: false)
        }
    }

    /// Notes that somebody reads what is sent to their address, where they used a link that went there and nowhere else.
    private func noteProof(_ link: Accounts.SignInLink, _ connection: any SQLConnection) throws {
        guard link.isByMail else { return }
        try note(Accounts.proof, by: link.user, about: link.user, connection)
    }

    /// Throws where an address has a password already, as a contact of another client: it would not be known whose the next
    /// one is.
    func checkOnePassword(_ account: Accounts.Account, _ connection: any SQLConnection) throws {
        let others = try Accounts(connection).accounts(email: account.email)
        guard !others.contains(where: { $0.user != account.user && $0.password != nil }) else {
            throw Problems([
                Problem(
                    "password", "your address has one already, at another company",
                    fix: "sign in here by links that come by mail")
            ])
        }
    }

    /// Somebody at a client asks for a link in place of a password. What they see is the same whoever they are.
    package func requestEntry(email: String, address: String) throws {
        try linkAsked(email: email, address: address) { account, connection in
            // Whoever is a contact of several clients gets a link for each.
            for account in try Accounts(connection).accounts(email: account.email)
            where try SignIn.actor(account.user, connection)?.actor.client != nil {
                try send(.entry, to: account.user, "sign-in.link-asked", connection)
            }
        }
    }

    /// Has a link sent by mail, unless one was a moment ago. What was made is known to nobody: the mail gets one of its own
    /// as it goes out. Links that others gave them stay good.
    private func send(
        _ purpose: Accounts.LinkPurpose, to person: String, _ operation: String, _ connection: any SQLConnection
    ) throws {
        let accounts = Accounts(connection)
        guard try !accounts.wasSentLately(purpose, to: person, at: desk.now) else { return }
        try accounts.addAnotherLink(SignIn.hash(newToken()), for: person, purpose, at: desk.now)
        try note(operation, by: person, about: person, connection)
        try Telling.tell(
            .linkAsked, client: "", [("person", person), ("purpose", purpose.rawValue)], connection, at: desk.now)
    }

    /// Lets a person at a client into the portal. The link goes out by mail where the site sends any.
    ///
    /// - Parameters:
    ///   - contact: somebody who is known; nil for somebody new.
    ///   - email: where they read mail; nil for the known address of the contact.
    ///   - asked: under which key it is asked, and the token that the link has each time.
    /// - Returns: their id, and the link's token, which is kept nowhere; nil where it was asked before under the key, and that
    ///   link is another.
    package func inviteContact(
        _ contact: String?, of client: ClientID, fullName: String, email: String?, role: ContactRole, by actor: Actor,
        asked: LinkAsked?
    ) throws -> (id: String, token: String?) {
        try making(asked, by: actor) {
            InviteContact(
                client: client, contact: contact, fullName: fullName, email: email, access: role, link: $0)
        }
    }

    /// The same without a key: the link is new.
    package func inviteContact(
        _ contact: String?, of client: ClientID, fullName: String, email: String?, role: ContactRole, by actor: Actor
    ) throws -> (id: String, token: String) {
        let (id, token) = try inviteContact(
            contact, of: client, fullName: fullName, email: email, role: role, by: actor, asked: nil)
        return (id, try new(token))
    }

    /// Counts that somebody asked for a link, and makes one where the address is one's.
    private func linkAsked(
        email: String, address: String, _ make: (Accounts.Account, any SQLConnection) throws -> Void
    ) throws {
        let email = email.trimmingCharacters(in: .whitespaces)
        let now = desk.now
        try desk.store.write { connection in
            let throttle = Throttle(connection)
            let subjects = [Throttle.Subject.links(address: address)]
            guard try throttle.wait(subjects, now: now) == 0 else { return }
            try throttle.add(subjects, now: now)
            guard let account = try Accounts(connection).account(email: email) else { return }
            try make(account, connection)
        }
    }
}

/// Invites a new member of staff.
package struct InviteUser: DeskOperation {
    package static let name = "user.invite"
    package static let role = Role.owner

    var id: String
    var fullName: String
    var role: Role
    var email: String
    /// What is kept of the link's token.
    var link: [UInt8]

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id, "name": fullName, "role": role.rawValue, "email": email] }

    package func perform(in desk: DeskTransaction) throws -> LinkMade {
        let email = try Email.checked(email)
        let added = try AddUser(id: id, fullName: fullName, role: role).perform(in: desk)
        try desk.checkFree(email, for: id)
        let accounts = Accounts(desk.connection)
        desk.note(try accounts.setEmail(email, of: id, salt: desk.newSalt()))
        try accounts.addLink(link, for: id, .invitation, at: desk.now)
        try desk.tell(.linkAsked, client: "", [("person", id), ("purpose", Accounts.LinkPurpose.invitation.rawValue)])
        return LinkMade(id: added.id, link: link)
    }
}

/// Makes a link for somebody's new password.
package struct ResetAccess: DeskOperation {
    package static let name = "user.reset"
    package static let role = Role.owner

    var id: String
    /// What is kept of the link's token.
    var link: [UInt8]

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id] }

    package func perform(in desk: DeskTransaction) throws -> LinkMade {
        guard let user = try People(desk.connection).user(id), !user.isEnded else { throw try desk.unknown("user", id) }
        let accounts = Accounts(desk.connection)
        guard try accounts.account(of: id) != nil else {
            throw Problems([
                Problem(
                    "user \(id)", "they have no e-mail address to sign in with",
                    fix: "give them one: `mainstay user email \(id) ADDRESS`")
            ])
        }
        try accounts.addLink(link, for: id, .reset, at: desk.now)
        try desk.tell(.linkAsked, client: "", [("person", id), ("purpose", Accounts.LinkPurpose.reset.rawValue)])
        return LinkMade(id: id, link: link)
    }
}

/// Gives a member of staff the e-mail address that they sign in with: an owner says so, and the one before is told. Whoever
/// has one changes it themself by proving the new one.
package struct SetEmail: DeskOperation {
    package static let name = "user.email"
    package static let role = Role.owner

    var id: String
    var email: String
    /// Whether it is asked for at the machine itself, where whoever may is trusted with their own address too.
    var isAtMachine: Bool

    package init(id: String, email: String, isAtMachine: Bool = false) {
        self.id = id
        self.email = email
        self.isAtMachine = isAtMachine
    }

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id, "email": email] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        guard let user = try People(desk.connection).user(id), !user.isEnded else { throw try desk.unknown("user", id) }
        let email = try Email.checked(email)
        let known = try Accounts(desk.connection).account(of: id)?.email
        guard known == nil || isAtMachine || id != desk.actor.id else {
            throw Problems([
                Problem("e-mail", "it is your own", fix: "change it under your name, where the new one is proved")
            ])
        }
        guard known != email.lowercased() else { return Recorded(id: id) }
        try desk.checkFree(email, for: id)
        try desk.changeAddress(of: id, at: nil, from: known, to: email)
        return Recorded(id: id)
    }
}
