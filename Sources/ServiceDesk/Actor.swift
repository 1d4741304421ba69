/// What a member of staff may do.
public enum Role: String, CaseIterable, Comparable, Sendable {
    /// Takes requests and logs time.
    case agent
    /// Signs contracts, sells blocks, closes months, corrects anybody's time.
    case manager
    /// Adds people and terms, and may do all else.
    case owner

    private var rank: Int {
        switch self {
        case .agent: 0
        case .manager: 1
        case .owner: 2
        }
    }

    /// Whether a role may do less than another.
    public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
}

/// Who asks for an operation.
public struct Actor: Hashable, Sendable {
    /// The user's id.
    public let id: String
    /// What they may do.
    public let role: Role

    package init(id: String, role: Role) {
        self.id = id
        self.role = role
    }
}

/// Why somebody's request was not done, though nothing was wrong with how it was asked.
public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// They may not: what it takes.
    case notAllowed(String)
    /// Their earlier request had the same key and asked for something else.
    case keyUsedOtherwise(String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .notAllowed(let what): what
        case .keyUsedOtherwise(let key):
            "the idempotency key \"\(key)\" was used for another request; give each request a key of its own"
        }
    }
}
