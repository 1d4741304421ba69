import Database
import Foundation
import Storage
import Values

/// What a person changes about how they sign in.
extension SignIn {
    /// Changes one's password; other browsers are signed out.
    ///
    /// - Throws: `Problems` where the old one is not right, or the new one not good.
    package func changePassword(of person: SignedIn, old: String, new: String) throws {
        try proveAgain(person, password: old)
        try PasswordRules.check(new, email: person.email, name: person.name, company: try company(of: person.actor))
        let hash = try hasher.hash(new)
        try desk.store.write { connection in
            let accounts = Accounts(connection)
            guard let account = try accounts.account(of: person.actor.id) else { return }
            try checkOnePassword(account, connection)
            let state = try accounts.setPassword(hash, of: person.actor.id, salt: randomBytes(16))
            try accounts.cutOff(person.actor.id, except: person.session)
            try note("password.change", by: person.actor.id, about: person.actor.id, connection, state)
        }
    }

    /// A key for a second factor, which counts once its first code is given.
    package func newSecret() -> TOTPSecret { TOTPSecret(random: randomBytes) }

    /// Turns the second factor on.
    ///
    /// - Throws: `Problems` where the code is not the key's, or the password not right.
    package func enableTOTP(for person: SignedIn, secret: TOTPSecret, code: String, password: String) throws {
        try proveAgain(person, password: password)
        guard try account(of: person).totpSecret == nil else {
            throw Problems([Problem("code", "signing in takes a code already", fix: "turn that off first")])
        }
        guard let step = secret.step(of: code, at: desk.now, after: 0) else {
            throw Problems([
                Problem(
                    "code", "it is not the one that the app shows now",
                    fix: "wait for the next one; is the clock right?")
            ])
        }
        try desk.store.write { connection in
            let accounts = Accounts(connection)
            let state = try accounts.setSecret(
                secret.bytes, step: step, of: person.actor.id, salt: randomBytes(16))
            try accounts.endSessions(of: person.actor.id, except: person.session)
            try note("code.on", by: person.actor.id, about: person.actor.id, connection, state)
        }
    }

    /// Turns one's own second factor off.
    ///
    /// - Throws: `Problems` where the password is not right.
    package func disableTOTP(for person: SignedIn, password: String) throws {
        try proveAgain(person, password: password)
        try desk.store.write { connection in
            let state = try Accounts(connection).setSecret(
                nil, step: 0, of: person.actor.id, salt: randomBytes(16))
            try note("code.off", by: person.actor.id, about: person.actor.id, connection, state)
        }
    }

    /// Whether pages take single keys.
    package func setSingleKeys(_ isOn: Bool, of person: SignedIn) throws {
        try desk.store.write { try Accounts($0).setSingleKeys(isOn, of: person.actor.id) }
    }

    /// The e-mail addresses of the members of staff, by their ids.
    package func emails() throws -> [String: String] {
        try desk.store.read { connection in
            try Accounts(connection).all().reduce(into: [:]) { $0[$1.user] = $1.email }
        }
    }

    /// What somebody's company is called; nil for staff.
    static func company(of actor: Actor, _ connection: any SQLConnection) throws -> String? {
        try actor.client.flatMap { try Directory(connection).names(of: [$0])[$0] }
    }

    private func company(of actor: Actor) throws -> String? {
        try desk.store.read { try SignIn.company(of: actor, $0) }
    }

    /// Has somebody who is signed in prove who they are once more, before they change how they get in: whoever took their
    /// session has not got their password. Guesses are slowed down as those of signing in are. Whoever has no password has
    /// to have come by a link just now.
    ///
    /// - Throws: `Problems` where they do not.
    package func proveAgain(_ person: SignedIn, password: String) throws {
        guard let kept = try account(of: person).password else {
            let session = try desk.store.read { try Accounts($0).session(person.session) }
            guard let session, desk.now - session.createdAt < SignIn.freshFor else {
                throw Problems([
                    Problem("password", "you have none, and signed in a while ago", fix: "sign in by a new link first")
                ])
            }
            return
        }
        try prove(person.actor, password, kept)
    }

    /// Has the owner of a token prove who they are: whoever took it has not got their password. Guesses are counted together
    /// with those in their browsers.
    ///
    /// - Throws: `Problems` where they do not.
    package func proveAgain(_ holder: TokenHolder, password: String) throws {
        guard let kept = try desk.store.read({ try Accounts($0).account(of: holder.actor.id) })?.password else {
            throw Problems([
                Problem("password", "the token's owner has none", fix: "choose one by a link for a new password first")
            ])
        }
        try prove(holder.actor, password, kept)
    }

    private func prove(_ actor: Actor, _ password: String, _ kept: String) throws {
        let subjects = [Throttle.Subject.accountFrom(user: "\(actor.id)/again", address: "")]
        if let wait = try count(subjects) {
            throw Problems([
                Problem("password", "there were too many tries", fix: "wait \(wait) seconds, then try again")
            ])
        }
        guard try hasher.isRight(password, for: kept) else {
            throw Problems([Problem("password", "the one you have is not right", fix: "type it again")])
        }
        try desk.store.write { try Throttle($0).forgive(subjects, now: desk.now) }
    }

    /// How long a session without a password counts as proof of who they are.
    private static let freshFor = Hours(0, 15)

    // MARK: One's address

    /// Notes that somebody wants another address, and has it asked there by mail whether they read it.
    ///
    /// - Throws: `Problems` where the password is not right, or it is no address.
    package func askForAddress(_ email: String, for person: SignedIn, password: String) throws {
        try proveAgain(person, password: password)
        let email = try Email.checked(email.trimmingCharacters(in: .whitespaces))
        guard email.lowercased() != person.email.lowercased() else {
            throw Problems([Problem("e-mail", "it is the one you have", fix: "give the new one")])
        }
        try desk.store.write { connection in
            guard try HourlyCounts(connection, at: desk.now).take("addresses/\(person.actor.id)", most: 5) else {
                throw Problems([Problem("e-mail", "you asked too often within an hour", fix: "try again later")])
            }
            let change = try AddressChanges(connection).ask(email, for: person.actor.id, at: desk.now)
            try note("address.asked", by: person.actor.id, about: person.actor.id, connection)
            try Telling.tell(
                .addressAsked, client: "", [("person", person.actor.id), ("change", "\(change)")], connection,
                at: desk.now)
        }
    }

    /// Which address a link proves, without using it; nil where it is used or its time is over.
    package func addressToProve(_ token: String) throws -> String? {
        try desk.store.read { try AddressChanges($0).change(SignIn.hash(token), at: desk.now)?.email }
    }

    /// Gives somebody the address that a link proves. They sign in again with it; the address before is told.
    ///
    /// - Returns: false where the link is no good any more.
    /// - Throws: `Problems` where the address cannot be theirs.
    package func proveAddress(_ token: String) throws -> Bool {
        try desk.store.write { connection in
            guard let change = try AddressChanges(connection).change(SignIn.hash(token), at: desk.now),
                let (actor, _) = try SignIn.actor(change.person, connection),
                let account = try Accounts(connection).account(of: change.person)
            else { return false }
            let transaction = try DeskTransaction(desk.store, connection, actor: actor, clock: desk.now) {
                randomBytes(16)
            }
            if actor.client == nil {
                try transaction.checkFree(change.email, for: actor.id)
            } else {
                try transaction.checkNotOfStaff(change.email)
            }
            try transaction.changeAddress(of: actor.id, at: actor.client, from: account.email, to: change.email)
            try transaction.keepSnapshots()
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: transaction.now, actor: actor.id, operation: Accounts.proof,
                    client: actor.client?.text ?? "", subject: actor.id, facts: transaction.recorded,
                    state: transaction.state))
            return true
        }
    }

    private func account(of person: SignedIn) throws -> Accounts.Account {
        guard let account = try desk.store.read({ try Accounts($0).account(of: person.actor.id) }) else {
            throw Refusal.notAllowed("your account was closed")
        }
        return account
    }
}
