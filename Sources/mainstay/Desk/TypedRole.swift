import ArgumentParser
import ServiceDesk

extension TypedInput {
    /// What a member of staff may do.
    @Sendable static func role(_ text: String) throws -> Role {
        if let role = Role(rawValue: text.lowercased()) { return role }
        throw ValidationError("\"\(text)\" is no role: write agent, manager or owner.")
    }
}
