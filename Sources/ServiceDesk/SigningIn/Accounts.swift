import Crypto
import Database
import Foundation
import Values

/// How members of staff sign in. Not facts: a password is replaced and a session ends, and nothing of them is kept.
struct Accounts {
    /// An account.
    struct Account: Hashable {
        var user: String
        var email: String
        var password: String?
        var totpSecret: [UInt8]?
        var totpStep: Int
        var usesSingleKeys: Bool
    }

    /// A browser that is signed in, or, where it is half, has given a password and not yet a code.
    struct Session: Hashable {
        var hash: [UInt8]
        var user: String
        var isHalf: Bool
        var createdAt: Instant
        var seenAt: Instant
        var address: String
        var agent: String
    }

    private let connection: any SQLConnection

    init(_ connection: any SQLConnection) { self.connection = connection }

    // MARK: Accounts

    func account(of user: String) throws -> Account? {
        try connection.first("\(Accounts.select) WHERE user_id = $1", [.text(user)], Accounts.account)
    }

    /// Whoever signs in with an address: of several people whoever has a password, which is one of them at most.
    func account(email: String) throws -> Account? {
        let accounts = try accounts(email: email)
        return accounts.first { $0.password != nil } ?? accounts.first
    }

    /// All accounts of an address: somebody may be a contact of several clients.
    func accounts(email: String) throws -> [Account] {
        try connection.all(
            "\(Accounts.select) WHERE email = $1 ORDER BY user_id", [.text(email.lowercased())], Accounts.account)
    }

    func all() throws -> [Account] { try connection.all("\(Accounts.select) ORDER BY user_id", [], Accounts.account) }

    /// Gives a person an e-mail address to sign in with; makes the account where there is none. Whether the address may be
    /// theirs was asked before.
    ///
    /// - Returns: what the account is from now on, for the line of the audit trail that tells of it.
    /// - Throws: `Problems` where it is no address.
    func setEmail(_ email: String, of user: String, salt: [UInt8]) throws -> AccountState {
        let email = try Email.checked(email).lowercased()
        if try connection.run("UPDATE account SET email = $1 WHERE user_id = $2", [.text(email), .text(user)]) == 0 {
            try connection.run(
                "INSERT INTO account (user_id, email, totp_step, single_keys) VALUES ($1, $2, 0, 1)",
                [.text(user), .text(email)])
        }
        return try seal(user, salt)
    }

    func setPassword(_ text: String, of user: String, salt: [UInt8]) throws -> AccountState {
        try connection.run("UPDATE account SET password = $1 WHERE user_id = $2", [.text(text), .text(user)])
        return try seal(user, salt)
    }

    func setSecret(_ secret: [UInt8]?, step: Int, of user: String, salt: [UInt8]) throws -> AccountState {
        try connection.run(
            "UPDATE account SET totp_secret = $1, totp_step = $2 WHERE user_id = $3",
            [secret.map { .bytes($0) } ?? .null, .integer(step), .text(user)])
        return try seal(user, salt)
    }

    /// Gives an account a new salt, so that what it is now and what it was before tell nothing of each other.
    private func seal(_ user: String, _ salt: [UInt8]) throws -> AccountState {
        try connection.run("UPDATE account SET salt = $1 WHERE user_id = $2", [.bytes(salt), .text(user)])
        guard let account = try account(of: user) else { throw StorageError.internalFault("\(user) has no account") }
        return AccountState(
            user: user, email: account.email, password: account.password, totpSecret: account.totpSecret, salt: salt)
    }

    /// Notes that a code was used; false where it was used before, or another was at the same time.
    func use(step: Int, of user: String) throws -> Bool {
        try connection.run(
            "UPDATE account SET totp_step = $1 WHERE user_id = $2 AND totp_step < $3",
            [.integer(step), .text(user), .integer(step)]) == 1
    }

    func setSingleKeys(_ isOn: Bool, of user: String) throws {
        try connection.run(
            "UPDATE account SET single_keys = $1 WHERE user_id = $2", [.integer(isOn ? 1 : 0), .text(user)])
    }

    /// Takes away all ways in.
    func close(_ user: String) throws {
        try cutOff(user, except: nil)
        try connection.run("DELETE FROM address_change WHERE person = $1", [.text(user)])
        try connection.run("DELETE FROM account WHERE user_id = $1", [.text(user)])
    }

    /// Ends whatever was let in before something about a person changed: sessions, links, tokens, calendars, and an address
    /// that waits to be proved. They sign in again, as who they are now.
    ///
    /// - Parameter session: the one that stays; nil for none.
    func cutOff(_ user: String, except session: [UInt8]?) throws {
        try endSessions(of: user, except: session)
        try connection.run("DELETE FROM sign_in_link WHERE user_id = $1", [.text(user)])
        try connection.run("DELETE FROM api_token WHERE owner = $1", [.text(user)])
        try connection.run("DELETE FROM feed WHERE owner = $1", [.text(user)])
        try connection.run("DELETE FROM address_change WHERE person = $1 AND old IS NULL", [.text(user)])
    }

    /// Whether somebody was ever in.
    func wasIn(_ user: String) throws -> Bool { try hasDone("sign-in", user) }

    /// Whether somebody used a link that went to them by mail: then they read what is sent to their address.
    func hasProvedAddress(_ user: String) throws -> Bool { try hasDone(Accounts.proof, user) }

    /// What the audit trail says where somebody proved their address.
    static let proof = "address.proved"

    private func hasDone(_ operation: String, _ user: String) throws -> Bool {
        try connection.first(
            "SELECT id FROM audit WHERE actor = $1 AND operation = $2 LIMIT 1", [.text(user), .text(operation)]
        ) { _ in true } ?? false
    }

    private static let select =
        "SELECT user_id, email, password, totp_secret, totp_step, single_keys FROM account"

    private static func account(_ row: any SQLRow) -> Account {
        Account(
            user: row.text(0), email: row.text(1), password: row.optionalText(2),
            totpSecret: row.isNull(3) ? nil : row.bytes(3), totpStep: row.integer(4),
            usesSingleKeys: row.integer(5) == 1)
    }

    // MARK: Sessions

    func add(_ session: Session) throws {
        try connection.run(
            """
            INSERT INTO session (token_hash, user_id, is_half, created_at, seen_at, address, agent)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .bytes(session.hash), .text(session.user), .integer(session.isHalf ? 1 : 0),
                .integer(session.createdAt.seconds), .integer(session.seenAt.seconds), .text(session.address),
                .text(session.agent),
            ])
    }

    func session(_ hash: [UInt8]) throws -> Session? {
        try connection.first("\(Accounts.sessions) WHERE token_hash = $1", [.bytes(hash)], Accounts.session)
    }

    /// The sessions of a person, the latest seen first; half ones are none yet.
    func sessions(of user: String) throws -> [Session] {
        try connection.all(
            "\(Accounts.sessions) WHERE user_id = $1 AND is_half = 0 ORDER BY seen_at DESC, created_at DESC",
            [.text(user)], Accounts.session)
    }

    func seen(_ hash: [UInt8], at now: Instant) throws {
        try connection.run(
            "UPDATE session SET seen_at = $1 WHERE token_hash = $2", [.integer(now.seconds), .bytes(hash)])
    }

    @discardableResult func endSession(_ hash: [UInt8]) throws -> Bool {
        try connection.run("DELETE FROM session WHERE token_hash = $1", [.bytes(hash)]) > 0
    }

    func endSessions(of user: String, except hash: [UInt8]?) throws {
        try connection.run(
            "DELETE FROM session WHERE user_id = $1 AND token_hash <> $2", [.text(user), .bytes(hash ?? [])])
    }

    /// Forgets the sessions that nobody can use any more.
    func forgetSessions(createdBefore: Instant, seenBefore: Instant) throws {
        try connection.run(
            "DELETE FROM session WHERE created_at < $1 OR seen_at < $2",
            [.integer(createdBefore.seconds), .integer(seenBefore.seconds)])
    }

    private static let sessions =
        "SELECT token_hash, user_id, is_half, created_at, seen_at, address, agent FROM session"

    private static func session(_ row: any SQLRow) -> Session {
        Session(
            hash: row.bytes(0), user: row.text(1), isHalf: row.integer(2) == 1,
            createdAt: Instant(seconds: row.integer(3)),
            seenAt: Instant(seconds: row.integer(4)), address: row.text(5), agent: row.text(6))
    }

    // MARK: Links

    /// What a one-time link is for.
    enum LinkPurpose: String {
        case invitation, reset
        /// In place of a password.
        case entry

        var lifetime: Hours {
            switch self {
            case .invitation: Hours(7 * 24)
            case .reset: Hours(24)
            case .entry: Hours(0, 15)
            }
        }

        /// For how long nobody is sent another: whoever asks a hundred times fills nobody's mailbox.
        var quiet: Hours { self == .entry ? Hours(0, 5) : Hours(1) }
    }

    /// Makes a link in place of those before.
    func addLink(_ hash: [UInt8], for user: String, _ purpose: LinkPurpose, at now: Instant) throws {
        try connection.run("DELETE FROM sign_in_link WHERE user_id = $1", [.text(user)])
        try addAnotherLink(hash, for: user, purpose, at: now)
    }

    /// Makes a link beside those that there are, for a mail of its own: whichever is used first, the others go with it.
    ///
    /// - Parameter byMail: whether it goes out by mail and is shown to nobody, so that its use proves the address.
    func addAnotherLink(
        _ hash: [UInt8], for user: String, _ purpose: LinkPurpose, at now: Instant, byMail: Bool = false
    ) throws {
        try connection.run(
            "INSERT INTO sign_in_link (token_hash, user_id, purpose, expires_at, by_mail) VALUES ($1, $2, $3, $4, $5)",
            [
                .bytes(hash), .text(user), .text(purpose.rawValue), .integer((now + purpose.lifetime).seconds),
                .integer(byMail ? 1 : 0),
            ])
    }

    /// A one-time link.
    struct SignInLink: Hashable {
        var user: String
        var purpose: LinkPurpose
        /// Whether it went out by mail and was shown to nobody.
        var isByMail: Bool
    }

    /// Whose link it is, while it is good. One that would be good for longer than any was made by a clock that was wrong.
    func link(_ hash: [UInt8], at now: Instant) throws -> SignInLink? {
        let found = try connection.first(
            "SELECT user_id, purpose, by_mail, expires_at FROM sign_in_link WHERE token_hash = $1", [.bytes(hash)]
        ) {
            (
                link: SignInLink(
                    user: $0.text(0), purpose: LinkPurpose(rawValue: $0.text(1)) ?? .reset,
                    isByMail: $0.integer(2) == 1), until: Instant(seconds: $0.integer(3))
            )
        }
        guard let (link, until) = found, until > now, until <= now + link.purpose.lifetime + Clocks.skew else {
            return nil
        }
        return link
    }

    /// Whether somebody was sent a link of a purpose so lately that another need not be sent.
    func wasSentLately(_ purpose: LinkPurpose, to user: String, at now: Instant) throws -> Bool {
        let since = now + purpose.lifetime
        return try connection.first(
            """
            SELECT COUNT(*) FROM sign_in_link
            WHERE user_id = $1 AND purpose = $2 AND expires_at > $3 AND expires_at <= $4
            """,
            [
                .text(user), .text(purpose.rawValue), .integer(since.seconds - purpose.quiet.seconds),
                .integer((since + Clocks.skew).seconds),
            ]
        ) { $0.integer(0) > 0 } ?? false
    }

    /// Whether a link of a purpose waits for somebody.
    func hasLink(of user: String, _ purpose: LinkPurpose, at now: Instant) throws -> Bool {
        try connection.first(
            "SELECT COUNT(*) FROM sign_in_link WHERE user_id = $1 AND purpose = $2 AND expires_at > $3",
            [.text(user), .text(purpose.rawValue), .integer(now.seconds)]
        ) { $0.integer(0) > 0 } ?? false
    }

    /// Uses a link up, and those beside it; false where it was used, or its time is over.
    func useLink(_ hash: [UInt8], at now: Instant) throws -> Bool {
        guard let link = try link(hash, at: now) else { return false }
        return try connection.run("DELETE FROM sign_in_link WHERE user_id = $1", [.text(link.user)]) > 0
    }
}

/// An e-mail address, as far as a sender can tell: the mail itself is the proof.
enum Email {
    /// - Throws: `Problems` where it is none.
    static func checked(_ email: String) throws -> String {
        try Words.check(email, "e-mail")
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = email.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value < 0x7F && !"<>(),;:\"[]\\".unicodeScalars.contains($0)
        }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isPlain, email.utf8.count <= 254 else {
            throw Problems([
                Problem("e-mail", "\"\(email)\" is no address", fix: "write name@example.com")
            ])
        }
        return email
    }
}
