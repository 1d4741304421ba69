public import Agreements

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

/// What a person at a client may do in the portal; each may do what those before may. All of them see their own company's
/// figures, whole.
public enum ContactRole: String, CaseIterable, Comparable, Sendable {
    /// Reads: hours, work, requests, statements.
    case viewer
    /// Opens requests, answers, asks.
    case requester
    /// Approves overage and what is asked for only with approval; asks for hours and other plans.
    case approver
    /// Invites colleagues and says what they may do.
    case billing

    private var rank: Int { ContactRole.allCases.firstIndex(of: self) ?? 0 }

    /// Whether a role may do less than another.
    public static func < (a: ContactRole, b: ContactRole) -> Bool { a.rank < b.rank }
}

/// Who asks for an operation.
public struct Actor: Hashable, Sendable {
    /// What they are here.
    public enum Standing: Hashable, Sendable {
        /// A member of staff.
        case staff(Role)
        /// A person at a client.
        case contact(ClientID, ContactRole)
    }

    /// The user's or contact's id.
    public let id: String
    /// What they are.
    public let standing: Standing

    /// A member of staff.
    package init(id: String, role: Role) {
        self.id = id
        standing = .staff(role)
    }

    /// A person at a client.
    package init(contact id: String, of client: ClientID, role: ContactRole) {
        self.id = id
        standing = .contact(client, role)
    }

    /// Whether they may do what takes a member of staff of a role.
    package func may(_ role: Role) -> Bool {
        if case .staff(let theirs) = standing { theirs >= role } else { false }
    }

    /// The company of a contact; nil for staff.
    package var client: ClientID? {
        if case .contact(let client, _) = standing { client } else { nil }
    }
}

/// Why somebody's request was not done, though nothing was wrong with how it was asked.
public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// They may not: what it takes.
    case notAllowed(String)
    /// What they ask about is not there, for them.
    case nothingThere
    /// Their earlier request had the same key and asked for something else.
    case keyUsedOtherwise(String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .notAllowed(let what): what
        case .nothingThere: "there is no such thing"
        case .keyUsedOtherwise(let key):
            "the idempotency key \"\(key)\" was used for another request; give each request a key of its own"
        }
    }
}
