import Crypto
import CryptoExtras
import Formats
import Foundation
import Values

/// Keeps passwords so that whoever steals them must try each one: scrypt, with a salt for each.
///
/// The costs are those that OWASP's ASVS 5 names in its appendix C; the form is the PHC string format:
/// `$scrypt$ln=15,r=8,p=3$salt$hash`.
package struct PasswordHasher: Sendable {
    /// How much work one try is.
    package struct Cost: Hashable, Sendable {
        /// The logarithm of the number of rounds.
        package var logRounds: Int
        /// The size of a block.
        package var blockSize: Int
        /// How many run one after another.
        package var parallelism: Int

        package init(logRounds: Int, blockSize: Int, parallelism: Int) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 32 MiB, three times.
        package static let recommended = Cost(logRounds: 15, blockSize: 8, parallelism: 3)
    }

    private let cost: Cost
    private let random: @Sendable (Int) -> [UInt8]

    /// So many at once in the whole process: more would take its memory, and the processors that pages need.
    private static let places = DispatchSemaphore(
        value: min(4, max(1, ProcessInfo.processInfo.activeProcessorCount / 2)))

    /// The longest password, in bytes. Whatever is longer is no password, and nothing is worked out of it: to bring accents
    /// into one order takes time that grows with the square of their number.
    package static let longest = 1024

    package init(cost: Cost = .recommended, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.cost = cost
        self.random = random
    }

    /// The text that is kept of a password.
    ///
    /// - Throws: `Problems` where it is too long.
    package func hash(_ password: String) throws -> String {
        guard password.utf8.count <= PasswordHasher.longest else {
            throw Problems([
                Problem(
                    "password", "it has \(password.utf8.count) bytes", fix: "choose one of at most 128 characters")
            ])
        }
        let salt = random(16)
        return try PasswordHasher.text(cost, salt, derive(password, salt, cost))
    }

    /// Whether a password is the one that a text was made of. Where there is no text, the work is the same and the answer
    /// no: how long it takes tells nothing.
    package func isRight(_ password: String, for kept: String?) throws -> Bool {
        guard password.utf8.count <= PasswordHasher.longest else { return try isRight("", for: nil) }
        guard let kept, let parts = PasswordHasher.parts(kept) else {
            _ = try derive(password, [UInt8](repeating: 0, count: 16), cost)
            return false
        }
        let hash = try derive(password, parts.salt, parts.cost)
        return ConstantTime.areEqual(hash, parts.hash)
    }

    /// Whether a text was made at another cost than today's.
    package func isOutdated(_ kept: String) -> Bool { PasswordHasher.parts(kept)?.cost != cost }

    private func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        PasswordHasher.places.wait()
        defer { PasswordHasher.places.signal() }
        // One password typed on two keyboards may come as different code points (NIST SP 800-63B, 3.1.1.2).
        let bytes = Data(password.precomposedStringWithCompatibilityMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: 32, rounds: 1 << cost.logRounds, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    // MARK: The PHC string

    private static func text(_ cost: Cost, _ salt: [UInt8], _ hash: [UInt8]) -> String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)$\(Base64.plain(salt))$\(Base64.plain(hash))"
    }

    private static func parts(_ text: String) -> (cost: Cost, salt: [UInt8], hash: [UInt8])? {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        var numbers: [String: Int] = [:]
        for pair in parts[2].split(separator: ",") {
            let sides = pair.split(separator: "=")
            if sides.count == 2, let number = Int(sides[1]) { numbers[String(sides[0])] = number }
        }
        // What is kept is ours; a limit all the same, so that a text from elsewhere cannot ask for all memory.
        guard let rounds = numbers["ln"], (1...20).contains(rounds), let size = numbers["r"], (1...32).contains(size),
            let parallelism = numbers["p"], (1...16).contains(parallelism), let salt = Base64.bytes(plain: parts[3]),
            let hash = Base64.bytes(plain: parts[4])
        else { return nil }
        return (Cost(logRounds: rounds, blockSize: size, parallelism: parallelism), salt, hash)
    }
}
