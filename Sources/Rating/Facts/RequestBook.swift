import Agreements
import Values

/// The requests as they stand: moved where they were moved, approved where they were approved.
struct RequestBook {
    private(set) var requests: [Request] = []
    private(set) var moves: [RequestID: RequestMove] = [:]
    private var approved: Set<RequestID>
    private var place: [RequestID: Int] = [:]
    /// For each request a number that is the same for requests that are alike to coverage.
    private var likeness: [Int32] = []
    private(set) var likenessCount = 0

    /// What coverage looks at in a request.
    private struct Likeness: Hashable {
        var serviceLine: ServiceLineID
        var project: ProjectID?
        var isApproved: Bool
    }

    init(_ facts: Facts) {
        approved = Set(facts.requestApprovals.lazy.map(\.request))
        for move in facts.requestMoves {
            guard let known = moves[move.request.id] else {
                moves[move.request.id] = move
                continue
            }
            if RequestBook.isBefore(known, move) { moves[move.request.id] = move }
        }
        requests.reserveCapacity(facts.requests.count)
        place.reserveCapacity(facts.requests.count)
        var numbers: [Likeness: Int32] = [:]
        for original in facts.requests where place[original.id] == nil {
            let request = moves.isEmpty ? original : moves[original.id]?.request ?? original
            let alike = Likeness(
                serviceLine: request.serviceLine, project: request.project, isApproved: approved.contains(request.id))
            let next = Int32(numbers.count)
            likeness.append(numbers[alike, default: next])
            if numbers[alike] == nil { numbers[alike] = next }
            place[request.id] = requests.count
            requests.append(request)
        }
        likenessCount = numbers.count
    }

    /// The last recorded counts; of those recorded in one second the greatest in content.
    private static func isBefore(_ a: RequestMove, _ b: RequestMove) -> Bool {
        if a.request.recorded != b.request.recorded { return a.request.recorded < b.request.recorded }
        func content(_ move: RequestMove) -> (String, String, String, String) {
            (move.request.client.text, move.request.serviceLine.text, move.request.project?.text ?? "", move.reason)
        }
        return content(a) < content(b)
    }

    func index(of request: RequestID) -> Int? { place[request] }
    func likeness(of index: Int) -> Int32 { likeness[index] }
    func isApproved(_ index: Int) -> Bool { approved.contains(requests[index].id) }
}
