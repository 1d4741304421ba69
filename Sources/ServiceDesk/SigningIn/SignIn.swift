import Crypto
import Database
import Formats
import Foundation
import Storage
package import Values

/// Somebody who is signed in: a member of staff, or a person at a client.
package struct SignedIn: Hashable, Sendable {
    /// Who, and what they may do now.
    package var actor: Actor
    /// Their name.
    package var name: String
    /// What they sign in with.
    package var email: String
    /// Whether they have a password; contacts may get in by links alone.
    package var hasPassword: Bool
    /// Whether signing in takes a code too.
    package var hasSecondFactor: Bool
    /// Whether pages take single keys.
    package var usesSingleKeys: Bool
    /// What is kept of the session's token.
    var session: [UInt8]
}

/// What comes of a try to sign in.
package enum SignInAnswer: Hashable, Sendable {
    /// They are in.
    case signedIn(token: String)
    /// The password is right; the code is still to come, within ten minutes.
    case needsCode(token: String)
    /// E-mail, password or code are not right.
    case refused
    /// There were too many tries.
    case wait(seconds: Int)
}

/// Signing in and staying signed in.
package struct SignIn: Sendable {
    let desk: ServiceDesk
    let hasher: PasswordHasher
    let randomBytes: @Sendable (Int) -> [UInt8]
    /// When sessions and tokens were last used, to be written down now and then.
    package let lastSeen = LastSeen()

    package init(
        desk: ServiceDesk, hasher: PasswordHasher,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.desk = desk
        self.hasher = hasher
        randomBytes = random
    }

    // MARK: Signing in

    /// Somebody gives their e-mail and password.
    ///
    /// - Parameter device: what their browser kept of signing in before (``device(ofSession:)``).
    package func signIn(email: String, password: String, address: String, agent: String, device: String = "") throws
        -> SignInAnswer
    {
        let email = email.utf8.count <= SignIn.longestEmail ? email.trimmingCharacters(in: .whitespaces) : ""
        let account = try desk.store.read { try Accounts($0).account(email: email) }
        let (own, everybodys) = SignIn.counted(account, email: email, address: address, device: device)
        if let wait = try count(own) { return .wait(seconds: wait) }
        let wait = try count(everybodys)
        let isRight = try hasher.isRight(password, for: account?.password)
        // With a second factor a guessed password is not enough: the right one is heard whatever others tried. All else is
        // answered alike, after the same work, so that nobody learns who has one.
        if let wait, !isRight || account?.totpSecret == nil { return .wait(seconds: wait) }
        let subjects = own + (wait == nil ? everybodys : [])
        guard isRight, let account else {
            try note("sign-in.failed", by: account?.user ?? "unknown", about: account?.user ?? "unknown")
            return .refused
        }
        let newHash = account.password.map(hasher.isOutdated) == true ? try hasher.hash(password) : nil
        return try desk.store.write { connection in
            // The password may have changed while this one was worked on.
            guard let now = try Accounts(connection).account(of: account.user), now.password == account.password else {
                return .refused
            }
            try settle(subjects, connection)
            if let newHash {
                let state = try Accounts(connection).setPassword(newHash, of: account.user, salt: randomBytes(16))
                try note("password.rehash", by: account.user, about: account.user, connection, state)
            }
            return try begin(now, address, agent, connection, isProven: false)
        }
    }

    /// What a try to sign in counts for: of its own, and with everybody's tries on the account. In a browser that they signed
    /// in before it is that alone: nobody else's tries keep them waiting. An e-mail that is nobody's is counted as one that
    /// is somebody's.
    private static func counted(_ account: Accounts.Account?, email: String, address: String, device: String)
        -> (own: [Throttle.Subject], everybodys: [Throttle.Subject])
    {
        if let account, let number = knownDevice(device, of: account) {
            return ([.device(user: account.user, number)], [])
        }
        let user = account?.user ?? "?" + publicID(hash(email.lowercased()))
        return ([.address(address), .accountFrom(user: user, address: address)], [.account(user: user)])
    }

    /// What is left of the tries of somebody who turned out to be right: nothing of their own, and of what others may have a
    /// part in, all but the last.
    private func settle(_ subjects: [Throttle.Subject], _ connection: any SQLConnection) throws {
        let throttle = Throttle(connection)
        try throttle.takeBack(subjects.filter(\.isShared))
        try throttle.forgive(subjects.filter { !$0.isShared }, now: desk.now)
    }

    /// Whether the code of somebody is still waited for.
    package func isHalf(_ token: String) throws -> Bool {
        try desk.store.read { connection in
            guard let half = try Accounts(connection).session(SignIn.hash(token)) else { return false }
            return half.isHalf && isOf(half.createdAt, within: SignIn.halfLifetime)
        }
    }

    /// Somebody who gave their password gives the code of their app. After a few wrong ones they begin again.
    package func confirm(half token: String, code: String, address: String, agent: String, device: String = "") throws
        -> SignInAnswer
    {
        let found = try desk.store.read { connection -> Accounts.Account? in
            let accounts = Accounts(connection)
            guard let half = try accounts.session(SignIn.hash(token)), half.isHalf,
                isOf(half.createdAt, within: SignIn.halfLifetime)
            else { return nil }
            return try accounts.account(of: half.user)
        }
        guard let account = found, let secret = account.totpSecret else { return .refused }
        let half = Throttle.Subject.half(SignIn.publicID(SignIn.hash(token)))
        let subjects: [Throttle.Subject] =
            if let number = SignIn.knownDevice(device, of: account) {
                [half, .device(user: "\(account.user)/code", number)]
            } else {
                [half, .codes(user: account.user), .address(address)]
            }
        if let wait = try count(subjects) { return .wait(seconds: wait) }
        guard let step = TOTPSecret(bytes: secret).step(of: code, at: desk.now, after: account.totpStep) else {
            try desk.store.write { connection in
                try note("sign-in.failed", by: account.user, about: account.user, connection)
                if try Throttle(connection).failures(half, now: desk.now) >= half.free {
                    try Accounts(connection).endSession(SignIn.hash(token))
                }
            }
            return .refused
        }
        return try desk.store.write { connection in
            guard try Accounts(connection).use(step: step, of: account.user),
                try Accounts(connection).endSession(SignIn.hash(token))
            else { return .refused }
            try settle(subjects, connection)
            return try begin(account, address, agent, connection, isProven: true)
        }
    }

    /// Counts a try; how long to wait where there were too many.
    func count(_ subjects: [Throttle.Subject]) throws -> Int? {
        try desk.store.write { connection in
            let throttle = Throttle(connection)
            let wait = try throttle.wait(subjects, now: desk.now)
            guard wait == 0 else { return wait }
            try throttle.add(subjects, now: desk.now)
            return nil
        }
    }

    /// Begins a session, or the half of one where a code is still to come.
    func begin(
        _ account: Accounts.Account, _ address: String, _ agent: String, _ connection: any SQLConnection, isProven: Bool
    ) throws -> SignInAnswer {
        guard try SignIn.actor(account.user, connection) != nil else { return .refused }
        let now = desk.now
        let isHalf = account.totpSecret != nil && !isProven
        let token = newToken()
        let accounts = Accounts(connection)
        let sure = try Clocks.sure(connection, now: now)
        try accounts.forgetSessions(createdBefore: sure + -SignIn.lifetime, seenBefore: sure + -SignIn.idleLifetime)
        try accounts.add(
            Accounts.Session(
                hash: SignIn.hash(token), user: account.user, isHalf: isHalf, createdAt: now, seenAt: now,
                address: address.cut(toBytes: 64), agent: agent.cut(toBytes: 200)))
        if isHalf { return .needsCode(token: token) }
        try note("sign-in", by: account.user, about: account.user, connection)
        return .signedIn(token: token)
    }

    // MARK: Staying signed in

    /// Whose session a token is, while it lasts: twelve hours without a page, fourteen days in all.
    package func person(token: String) throws -> SignedIn? {
        let hash = SignIn.hash(token)
        let now = desk.now
        let found = try desk.store.read { connection -> (SignedIn, Instant)? in
            let accounts = Accounts(connection)
            guard let session = try accounts.session(hash), !session.isHalf,
                isOf(session.createdAt, within: SignIn.lifetime), isOf(seen(session), within: SignIn.idleLifetime),
                let (actor, name) = try SignIn.actor(session.user, connection),
                let account = try accounts.account(of: actor.id)
            else { return nil }
            let person = SignedIn(
                actor: actor, name: name, email: account.email, hasPassword: account.password != nil,
                hasSecondFactor: account.totpSecret != nil, usesSingleKeys: account.usesSingleKeys, session: hash)
            return (person, seen(session))
        }
        guard let (person, seenAt) = found else { return nil }
        if now - seenAt >= SignIn.seenStep { lastSeen.note(.session(hash), at: now) }
        return person
    }

    /// When a session was last seen, whether that is written down yet or not.
    private func seen(_ session: Accounts.Session) -> Instant {
        lastSeen.of(.session(session.hash)).map { max($0, session.seenAt) } ?? session.seenAt
    }

    /// Ends a session.
    package func signOut(token: String) throws {
        let hash = SignIn.hash(token)
        try desk.store.write { connection in
            let accounts = Accounts(connection)
            guard let session = try accounts.session(hash) else { return }
            try accounts.endSession(hash)
            if !session.isHalf { try note("sign-out", by: session.user, about: session.user, connection) }
        }
    }

    /// A browser that is signed in, as people see it.
    package struct SessionLine: Hashable, Sendable {
        /// What it is called, to end it.
        package var id: String
        /// When it signed in.
        package var createdAt: Instant
        /// When it was last seen, to the minute.
        package var seenAt: Instant
        /// From where.
        package var address: String
        /// What it calls itself.
        package var agent: String
        /// Whether it is the one that asks.
        package var isCurrent: Bool
    }

    /// The browsers in which somebody is signed in.
    package func sessions(of user: String, current: SignedIn?) throws -> [SessionLine] {
        try desk.store.read { try Accounts($0).sessions(of: user) }
            .filter { isOf($0.createdAt, within: SignIn.lifetime) && isOf(seen($0), within: SignIn.idleLifetime) }
            .map { session in
                SessionLine(
                    id: SignIn.publicID(session.hash), createdAt: session.createdAt, seenAt: seen(session),
                    address: session.address, agent: session.agent, isCurrent: session.hash == current?.session)
            }
    }

    /// Ends one of a person's own sessions; false where none of theirs is called so.
    package func revoke(_ id: String, of user: String) throws -> Bool {
        try desk.store.write { connection in
            let accounts = Accounts(connection)
            guard let session = try accounts.sessions(of: user).first(where: { SignIn.publicID($0.hash) == id }) else {
                return false
            }
            try accounts.endSession(session.hash)
            try note("session.end", by: user, about: user, connection)
            return true
        }
    }

    /// Ends all of a person's sessions, links, tokens and calendars.
    ///
    /// - Throws: ``Refusal`` where somebody else than they or an owner asks.
    package func revokeAll(of user: String, by actor: Actor) throws {
        guard actor.id == user || actor.may(.owner) else {
            throw Refusal.notAllowed("only an owner signs others out")
        }
        try desk.store.write { connection in
            try Accounts(connection).cutOff(user, except: nil)
            try note("session.end-all", by: actor.id, about: user, connection)
        }
    }

    // MARK: Parts

    /// Whether a moment lies within so long before now. What lies ahead was before the clock was set back: nobody knows how
    /// long ago that is.
    private func isOf(_ moment: Instant, within length: Hours) -> Bool {
        let ago = desk.now - moment
        return ago < length && -ago <= Clocks.skew
    }

    /// The longest e-mail address, in bytes (RFC 5321, section 4.5.3.1).
    private static let longestEmail = 254

    /// How long a session lasts.
    static let lifetime = Hours(14 * 24)
    /// How long it lasts without a page.
    static let idleLifetime = Hours(12)
    /// How long a password waits for its code.
    static let halfLifetime = Hours(0, 10)
    /// How exactly it is known when somebody was last seen.
    private static let seenStep = Hours(0, 1)

    /// Who has an id, and what they may do now; nil where nobody has it, or their access has ended.
    static func actor(_ id: String, _ connection: any SQLConnection) throws -> (actor: Actor, name: String)? {
        if let user = try People(connection).user(id) {
            return user.isEnded ? nil : (Actor(id: id, role: user.role), user.name)
        }
        guard let contact = try Directory(connection).contact(id), let role = contact.role else { return nil }
        return (Actor(contact: id, of: contact.client, role: role), contact.name)
    }

    func newToken() -> String { SignIn.text(randomBytes(32)) }

    static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Data(token.utf8))) }

    private static func publicID(_ hash: [UInt8]) -> String {
        Hex.text(hash.prefix(8))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Base64.address(bytes)
    }

    /// A line in the audit trail.
    ///
    /// - Parameter state: what the account is from now on, where that changed.
    func note(
        _ operation: String, by actor: String, about subject: String, _ connection: any SQLConnection,
        _ state: AccountState? = nil
    ) throws {
        try AuditTrail(connection).append(
            AuditLine(
                id: 0, at: desk.now, actor: actor, operation: operation, client: "", subject: subject, facts: nil,
                state: state?.text))
    }

    private func note(_ operation: String, by actor: String, about subject: String) throws {
        try desk.store.write { try note(operation, by: actor, about: subject, $0) }
    }
}
