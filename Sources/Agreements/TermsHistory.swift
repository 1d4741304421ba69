public import Values

/// The versions of the terms, each in force from its date until the next one's.
public struct TermsHistory: Hashable, Sendable {
    /// The versions, earliest first. Never empty.
    public let versions: [Terms]
    /// Whether the first version also holds before its date.
    package let isOpenStart: Bool

    /// The versions in any order.
    ///
    /// - Throws: ``Problems`` where there is none, two are effective on one date, or the currency changes: a client's
    ///   hours cannot be priced in two.
    public init(_ versions: [Terms]) throws(Problems) {
        let sorted = versions.sorted { $0.effective < $1.effective }
        var problems: [Problem] = []
        if sorted.isEmpty {
            problems.append(Problem("terms", "there is no version", fix: "give at least one terms file"))
        }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) {
            if earlier.effective == later.effective {
                problems.append(
                    Problem(
                        "terms",
                        "two versions are effective on \(later.effective): \"\(earlier.name)\" and "
                            + "\"\(later.name)\"", fix: "give each version a date of its own"))
            }
            if earlier.currency != later.currency {
                problems.append(
                    Problem(
                        "terms",
                        "the currency changes from \(earlier.currency.code) to \(later.currency.code) on "
                            + "\(later.effective)", fix: "keep one currency in all versions"))
            }
        }
        guard problems.isEmpty else { throw Problems(problems) }
        self.versions = sorted
        isOpenStart = false
    }

    private init(_ known: [Terms], isOpenStart: Bool) {
        versions = known
        self.isOpenStart = isOpenStart
    }

    /// The versions known before a moment; where none was, the one that came first.
    public func known(before moment: Moment) -> TermsHistory {
        guard versions.contains(where: { $0.recorded != nil }) else { return self }
        let known = versions.filter { $0.recorded.map { $0 < moment } ?? true }
        guard known.isEmpty else { return TermsHistory(known, isOpenStart: isOpenStart) }
        let first = versions.compactMap(\.recorded).min()
        return TermsHistory(versions.filter { $0.recorded == first }, isOpenStart: isOpenStart)
    }

    /// One version, as if it had always been in force: for asking what it would have meant.
    public init(always terms: Terms) {
        versions = [terms]
        isOpenStart = true
    }

    /// The version in force on a date, or nil before the first. O(versions).
    public func inForce(on date: CivilDate) -> Terms? { index(on: date).map { versions[$0] } }

    /// The version whose plans, lines and kinds of work are offered on a date: the one in force, and before all of them the
    /// first. A version that is to come offers nothing yet, and one that is over nothing any more.
    public func offered(on date: CivilDate) -> Terms { inForce(on: date) ?? versions[0] }

    /// Its place among ``versions``.
    package func index(on date: CivilDate) -> Int? {
        versions.lastIndex { $0.effective <= date } ?? (isOpenStart ? 0 : nil)
    }

    /// The latest version, which may be one to come: to offer something, ask for what is ``offered(on:)``.
    public var latest: Terms { versions[versions.count - 1] }

    /// The currency of every version.
    public var currency: Currency { latest.currency }
}
