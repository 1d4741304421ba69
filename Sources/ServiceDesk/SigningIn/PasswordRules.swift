import Agreements

/// What a password must be: long, and not what anybody would guess first (NIST SP 800-63B, ASVS 5 V6.2). Nothing is asked of
/// its letters and digits.
enum PasswordRules {
    private static let shortest = 12
    private static let longest = 128

    /// - Throws: `Problems` that say what is wrong with it.
    static func check(_ password: String, email: String, name: String) throws {
        func refuse(_ message: String, _ fix: String) -> Problems { Problems([Problem("password", message, fix: fix)]) }
        // By bytes first: letters are counted at a cost that grows with them.
        guard password.utf8.count <= PasswordHasher.longest else {
            throw refuse("it has \(password.utf8.count) bytes", "choose at most \(longest) characters")
        }
        let count = password.count
        guard count >= shortest else {
            throw refuse("it has \(count) characters", "choose at least \(shortest): several words are good")
        }
        guard count <= longest else { throw refuse("it has \(count) characters", "choose at most \(longest)") }
        let plain = password.lowercased().filter { !$0.isWhitespace }
        let different = Set(plain).count
        guard different >= 5 else {
            throw refuse("it has only \(different) different characters", "choose one that is harder to guess")
        }
        guard !common.contains(where: plain.contains) else {
            throw refuse("it is among the first that anybody would try", "choose other words")
        }
        let theirs =
            [String(email.lowercased().prefix { $0 != "@" })] + name.lowercased().split(separator: " ").map(String.init)
        guard !theirs.contains(where: { $0.count >= 4 && plain.contains($0) }) else {
            throw refuse("it has your name or e-mail in it", "choose other words")
        }
    }

    /// What many long passwords are made of.
    private static let common = [
        "password", "passwort", "mainstay", "qwertz", "qwerty", "123456", "abcdef", "letmein", "welcome", "iloveyou",
        "administrator", "asdfgh", "changeme", "trustno1", "1q2w3e", "correcthorse",
    ]
}
