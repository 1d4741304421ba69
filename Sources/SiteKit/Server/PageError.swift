/// Why there is no page.
package enum PageError: Error, Hashable {
    /// There is no such page, or none for this person.
    case missing
    /// The form was not sent from a page of ours.
    case foreignForm
    /// The body is too large.
    case tooLarge(limit: Int)
    /// One address, person or company asks for more than its share.
    case tooMuch(wait: Int)
    /// All together ask for more than the server has.
    case crowded
    /// What was to be read did not come in time: the database does not answer.
    case noAnswer
    /// The name that was asked for is not this site's.
    case otherHost
    /// Forms are sent in two ways, and this is neither.
    case otherType
    /// The body did not come in time.
    case tooSlow
    /// What was sent cannot be read.
    case unreadable(String)
}
