package import Agreements
import Rating
import Storage
package import Values

/// Closes a client's next period: what it comes to is issued, and stays as it is (design X1).
package struct ClosePeriod: DeskOperation {
    package static let name = "period.close"
    package static let role = Role.manager

    package var client: ClientID
    package var period: Period
    /// Whether to close though time waits for approval: it then comes late (edge case E11).
    package var leavesUnapproved: Bool

    package init(client: ClientID, period: Period, leavesUnapproved: Bool = false) {
        self.client = client
        self.period = period
        self.leavesUnapproved = leavesUnapproved
    }

    package var about: (client: String, subject: String) { (client.text, "\(period)") }
    package var content: RequestContent {
        ["client": client, "period": period, "without unapproved": leavesUnapproved]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.standing(of: client)
        func refuse(_ message: String, _ fix: String) -> Problems {
            Problems([Problem("\(client), \(period)", message, fix: fix)])
        }
        guard desk.now >= desk.zones(of: client, known).start(of: period.next) else {
            throw refuse("the month is not over where the client is", "close it from \(period.next.firstDay) on")
        }
        let closed = try StandingClosings(desk.connection, of: client)
        if closed.byPeriod[period] != nil {
            throw refuse("it is closed", "the next one to close is \((closed.last?.period ?? period).next)")
        }
        guard let account = try desk.account(of: client, through: period, wanting: period...period),
            let statement = account.statements.last(where: { $0.period == period })
        else { throw refuse("nothing was agreed or done by then", "close a later month") }
        // What was dated before the first closed month since is billed too: its months are closed first.
        let next = account.statements.map(\.period).first { closed.byPeriod[$0] == nil } ?? period
        guard period == next else { throw refuse("\(next) is not closed yet", "close months in their order") }
        let waiting = statement.setAside.filter { $0.reason == .awaitingApproval }
        if !waiting.isEmpty, !leavesUnapproved {
            throw Problems(
                waiting.map {
                    Problem(
                        "time entry \($0.entry)", "its \($0.hours) wait for approval",
                        fix: "approve it, or close without it by --leave-unapproved")
                })
        }
        var facts = Facts()
        facts.closings = [Closing(of: statement, recordedAt: desk.now)]
        try desk.recordUnchecked(facts)
        try desk.tell(
            .periodClosed, client: client.text, [("period", "\(period)"), ("total", "\(statement.billed)")])
        return Recorded(id: "\(period)", remarks: ["\(client), \(period): \(statement.billed)"])
    }
}

/// Opens a client's last closed period again: what its closing issued is withdrawn, until it is closed anew (design X1).
package struct ReopenPeriod: DeskOperation {
    package static let name = "period.reopen"
    package static let role = Role.owner

    package var client: ClientID
    package var period: Period
    package var reason: String

    package init(client: ClientID, period: Period, reason: String) {
        self.client = client
        self.period = period
        self.reason = reason
    }

    package var about: (client: String, subject: String) { (client.text, "\(period)") }
    package var content: RequestContent { ["client": client, "period": period, "reason": reason] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        _ = try desk.standing(of: client)
        try Words.check(reason, "reason")
        let last = try Closings(desk.connection).last(of: client)
        guard period == last else {
            throw Problems([
                Problem(
                    "\(client), \(period)", last == nil ? "no month is closed" : "it is not the last closed month",
                    fix: last.map { "open \($0) again first" } ?? "there is nothing to open")
            ])
        }
        var facts = Facts()
        facts.reopenings = [
            Reopening(client: client, period: period, by: desk.actor.id, reason: reason, recordedAt: desk.now)
        ]
        try desk.recordUnchecked(facts)
        try desk.tell(.periodReopened, client: client.text, [("period", "\(period)")])
        return Recorded(id: "\(period)")
    }
}
