package import Agreements
package import Rating
import Values

/// What an hour of each kind of work on a request would be today, on each service line: what accepting it means for the bill.
package struct BillOutlook: Sendable {
    /// Work of the same outcome.
    package struct Line: Hashable, Sendable {
        /// The line it would be on.
        package var serviceLine: ServiceLineID
        /// The kinds of work.
        package var workTypes: [WorkTypeID]
        /// How an hour would be paid.
        package var outcome: String
        /// The same in hours.
        package var payment: EntryPreview.Payment

        /// As the client reads it before they ask.
        package var forClient: String {
            let rate = payment.rate.map { "\($0)" } ?? ""
            if payment.notCovered > .zero { return "Not covered: \(rate)" }
            if payment.withheld > .zero { return "Beyond your hours: done and charged only with your approval" }
            if payment.plan + payment.blocks > .zero {
                let by = payment.plan > .zero ? "your plan" : "hours that you bought"
                return payment.overage > .zero
                    ? "Covered by \(by) for the \((payment.plan + payment.blocks).inWords) that are left, then \(rate)"
                    : "Covered by \(by)"
            }
            if payment.overage > .zero { return "Your hours are used up: \(rate)" }
            return "Not charged"
        }
    }

    /// The outcomes, by line.
    package let lines: [Line]

    package init(_ desk: DeskTransaction, request id: RequestID) throws {
        let (request, known) = try desk.work(on: id)
        try self.init(desk, as: request, known)
    }

    /// For a request that a client might open.
    package init(_ desk: DeskTransaction, client: ClientID) throws {
        let request = Request(
            id: RequestID("what-if"), client: client, serviceLine: ServiceLineID(""), project: nil, title: "",
            recordedAt: desk.now)
        try self.init(desk, as: request, try desk.standing(of: client))
    }

    private init(_ desk: DeskTransaction, as request: Request, _ known: Facts) throws {
        let today = try desk.today(of: request.client, known)
        let terms = try desk.terms().offered(on: today)
        var lines: [Line] = []
        for serviceLine in terms.serviceLines.keys.sorted() {
            // A request of its own: the one that is asked about stays on its line.
            var asked = request
            asked.id = RequestID("what-if")
            asked.serviceLine = serviceLine
            if asked.project != nil, serviceLine != request.serviceLine { asked.project = nil }
            var facts = known
            facts.requests = [asked]
            facts.requestMoves = []
            facts.permits = []
            facts.requestApprovals = facts.requestApprovals.map {
                RequestApproval(request: asked.id, by: $0.by, recordedAt: $0.recordedAt)
            }
            var outcomes: [(String, [WorkTypeID], EntryPreview.Payment)] = []
            for workType in terms.workTypes.keys.sorted() {
                let preview = try EntryPreview(desk, asked, facts, workType: workType, when: .dated(today, Hours(1)))
                let amount = Money(minorUnits: preview.difference, terms.currency)
                let outcome = preview.parts.joined(separator: " + ") + ", \(amount)"
                if let place = outcomes.firstIndex(where: { $0.0 == outcome }) {
                    outcomes[place].1.append(workType)
                } else {
                    outcomes.append((outcome, [workType], preview.payment))
                }
            }
            lines += outcomes.map { Line(serviceLine: serviceLine, workTypes: $0.1, outcome: $0.0, payment: $0.2) }
        }
        self.lines = lines
    }
}
