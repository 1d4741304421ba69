/// Where a fact lies in the database, so that a statement reads what it needs and no more.
package enum Shelf: Int, Sendable {
    /// What holds for a client at any time: contracts, blocks, projects. Always read.
    case standing = 0
    /// A time entry, or what was said about one, that lies in one period.
    case time = 1
    /// The same, where it touches several periods. Always read.
    case longTime = 2
    /// Requests and what was said about them: read for the time that is read.
    case request = 3
    /// Closings: a period's own, and those of later periods that issued differences for it.
    case closing = 4
    /// What rating does not need: contacts, messages, timers.
    case desk = 5
    /// What belongs to no client: terms, users.
    case agency = 6
}
