import Foundation
package import Values

/// The clock, read here and nowhere else.
package func currentInstant() -> Instant { Instant(seconds: Int(Date().timeIntervalSince1970)) }

/// Bytes from the system that nobody can guess.
@Sendable package func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
