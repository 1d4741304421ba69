import Agreements
import Rating
import Storage
import Values

/// What a block pays for now, in open months too, and what it was ever issued as paying for: nobody takes that back
/// (edge case E19).
struct BlockUse {
    /// Hours that one line of work draws.
    private struct Draw {
        var entry: EntryID
        var date: CivilDate
        var period: Period
        var hours: Hours
    }

    private let block: Block
    private var draws: [Draw] = []
    /// Those of work that was issued.
    private var issuedDraws: [Draw] = []
    /// The most that stood as issued at any time.
    private let everIssued: Hours

    init(of block: Block, _ desk: DeskTransaction) throws {
        self.block = block
        let facts = try desk.facts().all(of: block.client)
        let issued = IssuedUse(facts)
        everIssued = issued.everUsed(of: block.id)
        let entries = issued.entries(of: block.id)
        let closed = try Closings(desk.connection).last(of: block.client)
        let first = Period(containing: min(block.effective, block.boughtOn))
        // Work may be dated on the day that it already is elsewhere.
        let last = max(first, Period(containing: try desk.today(of: block.client, facts) + 1))
        let account = try desk.account(of: block.client, through: last, wanting: first...last)
        for statement in account?.statements ?? [] {
            for line in statement.lines {
                for draw in statement.draws(of: line) where statement.grants[draw.grant].id == .block(block.id) {
                    let entry = statement.entry(of: line).id
                    let found = Draw(entry: entry, date: line.date, period: statement.period, hours: draw.hours)
                    draws.append(found)
                    if let closed, statement.period <= closed, entries.contains(entry) { issuedDraws.append(found) }
                }
            }
        }
    }

    // MARK: What a change may not do

    /// What is wrong with a change.
    func problems(with change: BlockChange) -> [Problem] {
        var found: [Problem] = []
        let subject = "block \(block.id)"
        let used = draws.reduce(Hours.zero) { $0 + $1.hours }
        let least = max(used, everIssued)
        if let hours = change.hours, hours < least {
            let what =
                used >= everIssued
                ? "\(used) of it is used: \(BlockUse.list(draws))"
                : "closed months were issued with \(everIssued) of it as used"
            found.append(
                Problem(
                    subject, "it would have \(hours), and \(what)",
                    fix: "leave at least \(least): what was used cannot be taken back"))
        }
        if let lastDay = change.lastDay { found += problems(withEnd: lastDay, subject) }
        if let paidOn = change.paidOn, !block.usableBeforePaid {
            let before = issuedDraws.filter { $0.date < paidOn }
            if let first = before.map(\.date).min() {
                found.append(
                    Problem(
                        subject,
                        "from \(paidOn) on it could pay, and it paid before for work that was issued: \(BlockUse.list(before))",
                        fix: "give \(first) or an earlier day"))
            }
        }
        return found
    }

    /// What is wrong with its end on a day: work after it was issued as paid by it.
    func problems(withEnd lastDay: CivilDate, _ subject: String) -> [Problem] {
        let after = issuedDraws.filter { $0.date > lastDay }
        guard let last = after.map(\.date).max() else { return [] }
        let name = subject == "block \(block.id)" ? "it" : "block \(block.id)"
        return [
            Problem(
                subject,
                "\(name) would end on \(lastDay), and paid later for work that was issued: \(BlockUse.list(after))",
                fix: "give \(last) or a later day")
        ]
    }

    /// Hours by month, with the entries that they are for: `1:15 in September 2026 (e-7, e-9)`.
    private static func list(_ draws: [Draw]) -> String {
        let most = 5
        return Dictionary(grouping: draws, by: \.period).sorted { $0.key < $1.key }.map { period, draws in
            let hours = draws.reduce(Hours.zero) { $0 + $1.hours }
            let entries = Set(draws.map(\.entry)).sorted()
            let named = entries.prefix(most).map(\.text).joined(separator: ", ")
            let more = entries.count > most ? " and \(entries.count - most) more" : ""
            return "\(hours) in \(period.written) (\(named)\(more))"
        }.joined(separator: ", ")
    }
}
