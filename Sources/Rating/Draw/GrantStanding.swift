public import Values

/// What of the hours of a grant has lapsed, and what is left, at the time of asking. Every face of a statement asks here: what
/// would lapse at the end of a month is still left as long as the month is not over where the client is.
extension Statement {
    /// Whether the month is over where the client is.
    public func isOver(at now: Instant) -> Bool { zone.date(of: now) > period.lastDay }

    /// What of a grant has lapsed, and what is left.
    public func standing(of grant: GrantAccount, at now: Instant) -> (lapsed: Hours, left: Hours) {
        isOver(at: now) ? (grant.lapsed, grant.left) : (.zero, grant.lapsed + grant.left)
    }
}
