import CZxcvbn
import Foundation
import Values

/// What a password must be: long, and not what anybody would guess first (NIST SP 800-63B, ASVS 5 V6.2). Nothing is asked of
/// its letters and digits.
enum PasswordRules {
    private static let shortest = 12
    private static let longest = 128

    /// - Parameter company: what the company is called that they are of; nil where that is not known.
    /// - Throws: `Problems` that say what is wrong with it.
    static func check(_ password: String, email: String, name: String, company: String? = nil) throws {
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
        let theirs = words(email: email, name: name, company: company)
        guard !theirs.contains(where: { $0.count >= 4 && plain.contains($0) }) else {
            throw refuse("it has your name, e-mail or company in it", "choose other words")
        }
        guard PasswordStrength.guesses(password, knowing: theirs + ["mainstay"]) >= leastBits else {
            throw refuse(
                "it is soon guessed: a pattern of the keyboard, a date or a common word makes most of it",
                "choose several words that do not belong together")
        }
    }

    /// 10¹⁰ guesses, as the logarithm to the base of 2: the strongest of the five classes of zxcvbn.
    private static let leastBits = 33.2

    /// What others know of a person.
    private static func words(email: String, name: String, company: String?) -> [String] {
        let texts = [email, name, company ?? ""].map { $0.cut(toBytes: 200).lowercased() }
        let parts = texts.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
        // Ends of addresses are everybody's.
        let ends: Set<String> = ["com", "net", "org", "example", "mail", "gmail"]
        return [String(texts[0].prefix { $0 != "@" })] + parts.filter { $0.count >= 3 && !ends.contains($0) }
    }

    /// What many long passwords are made of.
    private static let common = [
        "password", "passwort", "mainstay", "qwertz", "qwerty", "123456", "abcdef", "letmein", "welcome", "iloveyou",
        "administrator", "asdfgh", "changeme", "trustno1", "1q2w3e", "correcthorse",
    ]
}

/// How many guesses a password takes, by zxcvbn: it knows common words and names, dates, repeats, sequences, and what lies side
/// by side on a keyboard.
enum PasswordStrength {
    /// The logarithm, to the base of 2, of the guesses that whoever knows how people choose needs.
    ///
    /// - Parameter words: what is known of whoever chose it.
    static func guesses(_ password: String, knowing words: [String]) -> Double {
        var least = bits(password, words)
        // The library knows American keyboards: the same keys of others, as they lie there.
        for layout in [german, french] {
            let there = String(password.map { layout[$0] ?? $0 })
            if there != password { least = min(least, bits(there, words)) }
        }
        // Two patterns, a key of each in turn, are two patterns: 1a2s3d4f5g6h.
        let keys = Array(password)
        let (odd, even) = (
            keys.enumerated().filter { $0.offset % 2 == 0 }, keys.enumerated().filter { $0.offset % 2 == 1 }
        )
        for layout in [[:], german, french] {
            let halves = [odd, even].map { String($0.map { layout[$0.element] ?? $0.element }) }
            least = min(least, halves.reduce(woven) { $0 + bits($1, words) })
        }
        return least
    }

    /// What it takes to think of weaving.
    private static let woven = 2.0

    private static func bits(_ password: String, _ words: [String]) -> Double {
        // The library reads to the first NUL, and takes bytes for characters.
        let text = password.replacing("\0", with: " ")
        let copies = words.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var list = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        return list.withUnsafeMutableBufferPointer { ZxcvbnMatch(text, $0.baseAddress, nil) }
    }

    private static func swapped(_ pairs: String) -> [Character: Character] {
        var keys: [Character: Character] = [:]
        for pair in pairs.split(separator: " ").map(Array.init) where pair.count == 2 {
            (keys[pair[0]], keys[pair[1]]) = (pair[1], pair[0])
        }
        return keys
    }

    private static let german = swapped("yz YZ ö; ä' ü[")
    private static let french = swapped("aq AQ zw ZW m;")
}
