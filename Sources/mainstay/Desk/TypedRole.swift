import ArgumentParser
import ServiceDesk
import Terminal
import Values

extension TypedInput {
    /// What a member of staff may do.
    @Sendable static func role(_ text: String) throws -> Role {
        if let role = Role(rawValue: text.lowercased()) { return role }
        throw ValidationError("\"\(text)\" is no role: write agent, manager or owner.")
    }

    /// What a person at a client may do.
    @Sendable static func contactRole(_ text: String) throws -> ContactRole {
        if let role = ContactRole(rawValue: text.lowercased()) { return role }
        throw ValidationError("\"\(text)\" is no role: write viewer, requester, approver or billing.")
    }

    /// What a webhook is told of.
    @Sendable static func event(_ text: String) throws -> DeskEvent {
        let events = DeskEvent.offered.map(\.rawValue)
        if let event = DeskEvent(rawValue: text), events.contains(text) { return event }
        throw ValidationError(
            "\"\(text)\" is no event: \(suggestion(for: text, among: events)).")
    }

    /// What a token may be used for.
    @Sendable static func scope(_ text: String) throws -> TokenScope {
        if let scope = TokenScope(rawValue: text.lowercased()) { return scope }
        throw ValidationError("\"\(text)\" is no scope: write read, time, requests, agreements or admin.")
    }
}
