package import Agreements
package import Database
package import Rating
package import Storage
package import Values

/// The requests as they stand, for lists.
package struct RequestBoard {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// Which requests a list has.
    package struct Filter: Sendable {
        /// In one of these states; all that are not over where there are none.
        package var states: Set<RequestState> = []
        /// Of this client.
        package var client: ClientID?
        /// This member of staff's.
        package var assignee: String?
        /// Without those that sleep longer than this day.
        package var awakeOn: CivilDate?
        /// Only those opened since.
        package var openedSince: Instant?

        package init(
            states: Set<RequestState> = [], client: ClientID? = nil, assignee: String? = nil, awakeOn: CivilDate? = nil,
            openedSince: Instant? = nil
        ) {
            self.states = states
            self.client = client
            self.assignee = assignee
            self.awakeOn = awakeOn
            self.openedSince = openedSince
        }
    }

    /// The requests of a list, those that changed last first.
    ///
    /// - Parameter cursor: the last one of the page before.
    package func requests(_ filter: Filter = Filter(), limit: Int, after cursor: RequestID? = nil) throws
        -> [RequestRow]
    {
        var conditions: [String] = []
        var values: [SQLValue] = []
        func add(_ condition: String, _ value: SQLValue) {
            values.append(value)
            conditions.append("\(condition) $\(values.count)")
        }
        let states = filter.states.isEmpty ? Set(RequestState.allCases.filter { !$0.isOver }) : filter.states
        if let only = states.first, states.count == 1 {
            add("state =", .text(only.rawValue))
        } else {
            let over = Set(states.map(\.isOver))
            if over.count == 1 { add("is_over =", .integer(over == [true] ? 1 : 0)) }
            let places = states.sorted { $0.rawValue < $1.rawValue }.map { state in
                values.append(.text(state.rawValue))
                return "$\(values.count)"
            }
            conditions.append("state IN (\(places.joined(separator: ", ")))")
        }
        if let client = filter.client { add("client =", .text(client.text)) }
        if let person = filter.assignee { add("assignee =", .text(person)) }
        if let day = filter.awakeOn { add("snoozed_until <=", .integer(day.day)) }
        if let since = filter.openedSince { add("opened_at >=", .integer(since.seconds)) }
        if let cursor, let last = try request(cursor) { add("changed_seq <", .integer(last.changedSeq)) }
        return try connection.all(
            """
            SELECT \(RequestRow.columns) FROM request_state WHERE \(conditions.joined(separator: " AND "))
            ORDER BY changed_seq DESC LIMIT \(limit)
            """, values, RequestRow.init)
    }

    /// A request as it stands.
    package func request(_ id: RequestID) throws -> RequestRow? {
        try connection.first(
            "SELECT \(RequestRow.columns) FROM request_state WHERE id = $1", [.text(id.text)], RequestRow.init)
    }

    /// How many requests wait for triage on a day.
    package func newCount(on day: CivilDate) throws -> Int {
        try connection.first(
            "SELECT COUNT(*) FROM request_state WHERE state = 'new' AND snoozed_until <= $1", [.integer(day.day)]
        ) { $0.integer(0) } ?? 0
    }

    /// The requests that go on in another.
    func merged(into id: RequestID) throws -> [RequestID] {
        try connection.all(
            "SELECT id FROM request_state WHERE merged_into = $1 ORDER BY changed_seq", [.text(id.text)]
        ) { RequestID($0.text(0)) }
    }
}
