import Agreements
import Database
import Foundation
import Storage
package import Values

/// What a token may be used for. It never may more than its owner.
package enum TokenScope: String, CaseIterable, Sendable, Comparable {
    /// Reading.
    case read
    /// Logging, correcting and withdrawing time; timers.
    case time
    /// Requests and what is written on them.
    case requests
    /// Clients, contacts, contracts, blocks, projects, closing months, imports.
    case agreements
    /// Terms and people.
    case admin

    package static func < (a: TokenScope, b: TokenScope) -> Bool { a.rawValue < b.rawValue }
}

/// A token as its owner sees it; the token itself is kept nowhere.
package struct TokenLine: Hashable, Sendable {
    /// Its id, to revoke it.
    package var id: String
    /// What it is for.
    package var name: String
    /// What it may be used for.
    package var scopes: Set<TokenScope>
    /// When it was made.
    package var createdAt: Instant
    /// When it ends.
    package var expiresAt: Instant
    /// When it was last used, to the minute; nil for never.
    package var usedAt: Instant?
}

/// Whoever asks by a token.
package struct TokenHolder: Hashable, Sendable {
    /// The token's id.
    package var token: String
    /// Its owner, with what they may do now.
    package var actor: Actor
    /// What the token may be used for.
    package var scopes: Set<TokenScope>
}

/// Tokens for programs: made once shown once, known by their hash, good until they expire or are revoked.
extension SignIn {
    /// What every token begins with, so that people and scanners know one when they see it.
    package static let tokenPrefix = "msty_"
    /// The longest that a token lasts.
    package static let longestToken = Hours(366 * 24)

    /// Makes a token for oneself.
    ///
    /// - Returns: the token, which is kept nowhere, and its id.
    /// - Throws: `Problems` where the scopes are none that its owner may have, or it would last too long.
    package func makeToken(name: String, scopes: Set<TokenScope>, expires: Instant, for actor: Actor) throws -> (
        token: String, id: String
    ) {
        try Words.check(name, "name")
        let now = desk.now
        func refuse(_ what: String, _ message: String, _ fix: String) -> Problems {
            Problems([Problem(what, message, fix: fix)])
        }
        guard !scopes.isEmpty else { throw refuse("scopes", "there are none", "give at least read") }
        if actor.client != nil, !scopes.isSubset(of: [.read, .requests]) {
            throw refuse("scopes", "a client's token may be used for read and requests", "leave out the others")
        }
        guard expires > now, expires - now <= SignIn.longestToken else {
            throw refuse("expiry", "it is not within a year from now", "name an earlier day")
        }
        let token = SignIn.tokenPrefix + newToken()
        let row = TokenRow(
            hash: SignIn.hash(token), owner: actor.id, name: name,
            scopes: scopes.sorted().map(\.rawValue).joined(separator: " "), createdAt: now.seconds,
            expiresAt: expires.seconds)
        try desk.save { connection in
            try connection.run(
                """
                INSERT INTO api_token (token_hash, id, owner, name, scopes, created_at, expires_at, used_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .bytes(row.hash), .text(row.id), .text(row.owner), .text(row.name), .text(row.scopes),
                    .integer(row.createdAt), .integer(row.expiresAt), .null,
                ])
            try note("token.make", by: actor.id, about: row.id, connection)
        }
        return (token, row.id)
    }

    /// The tokens of somebody, the newest first.
    package func tokens(of owner: String) throws -> [TokenLine] {
        try desk.store.read { connection in
            try connection.all(
                """
                SELECT id, name, scopes, created_at, expires_at, used_at FROM api_token
                WHERE owner = $1 AND expires_at > $2 ORDER BY created_at DESC, id
                """, [.text(owner), .integer(desk.now.seconds)]
            ) { row in
                TokenLine(
                    id: row.text(0), name: row.text(1), scopes: SignIn.scopes(row.text(2)),
                    createdAt: Instant(seconds: row.integer(3)), expiresAt: Instant(seconds: row.integer(4)),
                    usedAt: row.optionalInteger(5).map { Instant(seconds: $0) })
            }
        }
    }

    /// Revokes one's own token; false where none of theirs has the id.
    package func revokeToken(_ id: String, of owner: String) throws -> Bool {
        try desk.save { connection in
            let gone = try connection.run(
                "DELETE FROM api_token WHERE id = $1 AND owner = $2", [.text(id), .text(owner)])
            if gone > 0 { try note("token.revoke", by: owner, about: id, connection) }
            return gone > 0
        }
    }

    /// Who asks by a token, with what they may do now; nil where it is none, is over, or its owner has left.
    package func holder(of token: String) throws -> TokenHolder? {
        guard token.hasPrefix(SignIn.tokenPrefix), token.utf8.count < 200 else { return nil }
        let hash = SignIn.hash(token)
        let now = desk.now
        let found = try desk.store.read { connection -> (holder: TokenHolder, usedAt: Instant?)? in
            let row = try connection.first(
                "SELECT id, owner, scopes, used_at FROM api_token WHERE token_hash = $1 AND expires_at > $2",
                [.bytes(hash), .integer(now.seconds)]
            ) { ($0.text(0), $0.text(1), $0.text(2), $0.optionalInteger(3)) }
            guard let (id, owner, scopes, usedAt) = row, let (actor, _) = try SignIn.actor(owner, connection) else {
                return nil
            }
            return (
                TokenHolder(token: id, actor: actor, scopes: SignIn.scopes(scopes)),
                usedAt.map { Instant(seconds: $0) }
            )
        }
        guard let found else { return nil }
        let usedAt = [found.usedAt, lastSeen.of(.token(hash))].compactMap(\.self).max()
        if usedAt.map({ now - $0 >= SignIn.usedStep }) ?? true { lastSeen.note(.token(hash), at: now) }
        return found.holder
    }

    /// How long somebody has to wait who gave wrong tokens; nil where they need not.
    package func waitForToken(from address: String) -> Int? {
        let wait = try? desk.store.read { connection in
            try Throttle(connection).wait([.address("api/\(address)")], now: desk.now)
        }
        return wait.flatMap { $0 == 0 ? nil : $0 }
    }

    /// Counts a wrong token. Where nothing can be saved it is not counted: nobody guesses 256 bits, and a wrong token is told
    /// all the same.
    package func noteWrongToken(from address: String) {
        try? desk.store.write { connection in
            try Throttle(connection).add([.address("api/\(address)")], now: desk.now)
        }
    }

    /// How exactly it is known when a token was last used.
    private static let usedStep = Hours(0, 1)

    private static func scopes(_ text: String) -> Set<TokenScope> {
        Set(text.split(separator: " ").compactMap { TokenScope(rawValue: String($0)) })
    }
}
