import Database
import Storage
import Values

/// Holds what gives rights and is no fact (tokens, webhooks, sessions, accounts, calendars) against the lines of the audit
/// trail that gave it: what was put into a table by hand has none.
///
/// Somebody who can also write lines of the audit trail gets past this; then an anchor that is kept elsewhere shows that
/// what was there was changed, and nothing shows what was only added.
struct AccessCheck {
    private struct Token {
        var row: TokenRow
        var isProven = false
    }

    private struct Webhook {
        var url: String
        var kinds: String
        var by: String
        var at: Int
        /// What its secret is, and what the last line that changed it said; nil where that was an earlier version's.
        var state: WebhookState
        var stated: WebhookState?
        var isProven = false
    }

    private struct Session {
        var at: Int
        var isProven = false
    }

    private struct Account {
        var hasPassword: Bool
        var hasCode: Bool
        /// What it is, and what the last line that changed it said; nil where that was an earlier version's.
        var state: AccountState
        var stated: AccountState?
        /// What lines said so far.
        var isGiven = false
        var isPasswordSet = false
        var isCodeOn = false
    }

    private var tokens: [String: Token] = [:]
    private var webhooks: [String: Webhook] = [:]
    private var sessions: [String: [Session]] = [:]
    private var accounts: [String: Account] = [:]
    /// By their owners, and whether a line made it.
    private var feeds: [String: Bool] = [:]
    private var webhooksAdded = 0

    /// A line is written with what it tells of, in one transaction, but not in one second.
    private static let slack = 60

    init(_ connection: any SQLConnection) throws {
        try connection.forEachRow(
            "SELECT id, token_hash, owner, name, scopes, created_at, expires_at FROM api_token", []
        ) { row in
            tokens[row.text(0)] = Token(
                row: TokenRow(
                    hash: row.bytes(1), owner: row.text(2), name: row.text(3), scopes: row.text(4),
                    createdAt: row.integer(5), expiresAt: row.integer(6)))
        }
        try connection.forEachRow("SELECT id, url, kinds, created_by, created_at, secret FROM webhook", []) { row in
            webhooks[row.text(0)] = Webhook(
                url: row.text(1), kinds: row.text(2), by: row.text(3), at: row.integer(4),
                state: WebhookState(webhook: row.text(0), secret: row.text(5)))
        }
        try connection.forEachRow("SELECT user_id, created_at FROM session WHERE is_half = 0", []) { row in
            sessions[row.text(0), default: []].append(Session(at: row.integer(1)))
        }
        try connection.forEachRow("SELECT user_id, password, totp_secret, email, salt FROM account", []) { row in
            accounts[row.text(0)] = Account(
                hasPassword: !row.isNull(1), hasCode: !row.isNull(2),
                state: AccountState(
                    user: row.text(0), email: row.text(3), password: row.optionalText(1),
                    totpSecret: row.isNull(2) ? nil : row.bytes(2), salt: row.isNull(4) ? [] : row.bytes(4)))
        }
        try connection.forEachRow("SELECT owner FROM feed", []) { feeds[$0.text(0)] = false }
    }

    /// Takes what a line of the audit trail gives or takes away. Lines come in their order.
    mutating func take(_ line: AuditLine) {
        takeRights(line)
        guard let text = line.state else { return }
        if [AddWebhook.name, ChangeWebhookSecret.name].contains(line.operation) {
            guard let state = WebhookState(text) else { return }
            webhooks[state.webhook]?.stated = state
        } else if let state = AccountState(text) {
            accounts[state.user]?.stated = state
        }
    }

    private mutating func takeRights(_ line: AuditLine) {
        switch line.operation {
        case "token.make":
            guard let token = tokens[line.subject], token.row.owner == line.actor,
                isNear(line, token.row.createdAt)
            else { return }
            tokens[line.subject]?.isProven =
                TokenRow.isOfChance(line.subject) || token.row.id == line.subject
        case "token.revoke": tokens[line.subject]?.isProven = false
        case AddWebhook.name:
            webhooksAdded += 1
            let id = "wh-\(webhooksAdded)"
            guard let webhook = webhooks[id], webhook.by == line.actor, isNear(line, webhook.at) else { return }
            // Lines of an earlier version have the address alone.
            webhooks[id]?.isProven =
                line.subject == AddWebhook.line(webhook.url, webhook.kinds) || line.subject == webhook.url
        case RemoveWebhook.name: webhooks[line.subject]?.isProven = false
        case "sign-in":
            let place = sessions[line.actor]?.firstIndex { !$0.isProven && isNear(line, $0.at) }
            if let place { sessions[line.actor]?[place].isProven = true }
        case InviteUser.name: accounts[line.subject]?.isGiven = true
        case SetEmail.name:
            accounts[line.subject]?.isGiven = true
            if line.facts != nil { cutOff(line.subject) }
        case "password.set":
            accounts[line.subject]?.isPasswordSet = true
            cutOff(line.subject)
        case "password.change":
            accounts[line.subject]?.isPasswordSet = true
            endKeys(line.subject)
        case "session.end-all": cutOff(line.subject)
        // Without a fact nothing was changed; of a proof, a link was used.
        case ChangeRole.name, ChangeContactRole.name, ChangeContactEmail.name, Accounts.proof:
            if line.facts != nil { cutOff(line.subject) }
        case "code.on": accounts[line.subject]?.isCodeOn = true
        case "code.off": accounts[line.subject]?.isCodeOn = false
        case "feed.make": if feeds[line.subject] != nil { feeds[line.subject] = true }
        case "feed.end": if feeds[line.subject] != nil { feeds[line.subject] = false }
        case EndUser.name, EndContact.name, ErasePerson.name: close(line.subject)
        default: break
        }
    }

    /// The tokens and calendars of somebody ended (``Accounts/cutOff(_:except:)``).
    private mutating func endKeys(_ person: String) {
        for (id, token) in tokens where token.row.owner == person { tokens[id]?.isProven = false }
        if feeds[person] != nil { feeds[person] = false }
    }

    /// Their sessions ended, too.
    private mutating func cutOff(_ person: String) {
        endKeys(person)
        for place in sessions[person]?.indices ?? 0..<0 { sessions[person]?[place].isProven = false }
    }

    /// Somebody's access ended: what they had is gone, and what they get later has lines of its own.
    private mutating func close(_ person: String) {
        cutOff(person)
        if let account = accounts[person] {
            accounts[person] = Account(
                hasPassword: account.hasPassword, hasCode: account.hasCode, state: account.state)
        }
    }

    /// An instant as it is written; the nearest that can be, where a row has another.
    private static func written(_ seconds: Int) -> String {
        "\(Instant(seconds: min(max(seconds, 0), 253_402_300_799)))"
    }

    private func isNear(_ line: AuditLine, _ at: Int) -> Bool {
        // A row may have any number.
        let (difference, isOver) = line.at.seconds.subtractingReportingOverflow(at)
        return !isOver && difference.magnitude <= AccessCheck.slack
    }

    /// What has no line.
    func faults(_ connection: any SQLConnection) throws -> [String] {
        var faults: [String] = []
        for (id, token) in tokens.sorted(by: { $0.key < $1.key }) where !token.isProven {
            faults.append(
                "the token \(id) of \(token.row.owner) (\(token.row.scopes)) is not as anybody made it by the audit trail"
            )
        }
        for (id, webhook) in webhooks.sorted(by: { $0.key < $1.key }) where !webhook.isProven {
            faults.append("the webhook \(id) to \(webhook.url) is not as anybody made it by the audit trail")
        }
        for (id, webhook) in webhooks.sorted(by: { $0.key < $1.key })
        where webhook.isProven && webhook.stated.map({ $0 != webhook.state }) ?? false {
            faults.append("the webhook \(id) to \(webhook.url) has another secret than the audit trail knows")
        }
        for (user, sessions) in sessions.sorted(by: { $0.key < $1.key }) {
            for session in sessions where !session.isProven {
                faults.append(
                    "a session of \(user) began at \(AccessCheck.written(session.at)), and by the audit trail nobody signed in then"
                )
            }
        }
        for (owner, isProven) in feeds.sorted(by: { $0.key < $1.key }) where !isProven {
            faults.append("the calendar of \(owner) has an address, and by the audit trail nobody made it")
        }
        for (user, account) in accounts.sorted(by: { $0.key < $1.key }) {
            faults += try fault(of: user, account, connection).map { ["the account of \(user): \($0)"] } ?? []
        }
        return faults
    }

    private func fault(of user: String, _ account: Account, _ connection: any SQLConnection) throws -> String? {
        if let member = try People(connection).user(user) {
            if member.isEnded { return "their access has ended, and they could sign in" }
            if !account.isGiven { return "by the audit trail nobody gave them an address to sign in with" }
        } else if let contact = try Directory(connection).contact(user) {
            if contact.role == nil { return "they have no access to the portal, and could sign in" }
        } else {
            return "there is no such person"
        }
        if account.hasPassword, !account.isPasswordSet { return "by the audit trail they never chose a password" }
        if account.hasCode != account.isCodeOn {
            return account.isCodeOn
                ? "their second factor is gone, and by the audit trail nobody turned it off"
                : "it has a second factor that by the audit trail nobody turned on"
        }
        guard let stated = account.stated else { return nil }
        let others = [
            stated.address == account.state.address ? nil : "address",
            stated.password == account.state.password ? nil : "password",
            stated.code == account.state.code ? nil : "second factor",
        ].compactMap(\.self)
        return others.isEmpty
            ? nil : "it has another \(others.joined(separator: " and another ")) than the audit trail knows"
    }

    /// How many accounts and webhooks were last changed by a version whose lines did not say what they are.
    var unstated: Int {
        accounts.values.count { $0.stated == nil } + webhooks.values.count { $0.stated == nil }
    }
}
