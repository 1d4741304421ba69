import Agreements
import Storage

/// What a person changes about how they sign in.
extension SignIn {
    /// Changes one's password; other browsers are signed out.
    ///
    /// - Throws: `Problems` where the old one is not right, or the new one not good.
    package func changePassword(of person: SignedIn, old: String, new: String) throws {
        // Who has got in by links alone has no old one to give.
        let kept = try account(of: person).password
        guard try kept == nil || hasher.isRight(old, for: kept) else {
            throw Problems([Problem("password", "the one you have is not right", fix: "type it again")])
        }
        try PasswordRules.check(new, email: person.email, name: person.name, company: try company(of: person.actor))
        let hash = try hasher.hash(new)
        try desk.store.write { connection in
            let accounts = Accounts(connection)
            try accounts.setPassword(hash, of: person.actor.id)
            try accounts.endSessions(of: person.actor.id, except: person.session)
            try note("password.change", by: person.actor.id, about: person.actor.id, connection)
        }
    }

    /// A key for a second factor, which counts once its first code is given.
    package func newSecret() -> TOTPSecret { TOTPSecret(random: randomBytes) }

    /// Turns the second factor on.
    ///
    /// - Throws: `Problems` where the code is not the key's.
    package func enableTOTP(for person: SignedIn, secret: TOTPSecret, code: String) throws {
        guard let step = secret.step(of: code, at: desk.now, after: 0) else {
            throw Problems([
                Problem(
                    "code", "it is not the one that the app shows now",
                    fix: "wait for the next one; is the clock right?")
            ])
        }
        try desk.store.write { connection in
            let accounts = Accounts(connection)
            try accounts.setSecret(secret.bytes, step: step, of: person.actor.id)
            try accounts.endSessions(of: person.actor.id, except: person.session)
            try note("code.on", by: person.actor.id, about: person.actor.id, connection)
        }
    }

    /// Turns one's own second factor off.
    ///
    /// - Throws: `Problems` where the password is not right.
    package func disableTOTP(for person: SignedIn, password: String) throws {
        guard try hasher.isRight(password, for: try account(of: person).password) else {
            throw Problems([Problem("password", "it is not right", fix: "type it again")])
        }
        try desk.store.write { connection in
            try Accounts(connection).setSecret(nil, step: 0, of: person.actor.id)
            try note("code.off", by: person.actor.id, about: person.actor.id, connection)
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

    private func account(of person: SignedIn) throws -> Accounts.Account {
        guard let account = try desk.store.read({ try Accounts($0).account(of: person.actor.id) }) else {
            throw Refusal.notAllowed("your account was closed")
        }
        return account
    }
}
