import Agreements
import Values

/// What may be chosen is what the terms that hold today have.
extension DeskTransaction {
    /// Throws where a kind of work is not offered to a client today.
    func checkOffered(_ workType: WorkTypeID, to client: ClientID, _ subject: String) throws {
        let offered = try offered(to: client).workTypes
        guard offered[workType] == nil else { return }
        throw Problems([
            Problem(
                subject, "the terms have no work type \"\(workType)\"",
                fix: suggestion(for: workType.text, among: offered.keys.map(\.text)))
        ])
    }

    /// Throws where the terms have a service line, and not today.
    func checkOffered(_ line: ServiceLineID, to client: ClientID, _ subject: String) throws {
        let offered = try offered(to: client)
        // One that no version has is found with all else that is wrong.
        let others = try terms().versions.filter { $0.serviceLines[line] != nil }
        guard offered.serviceLines[line] == nil, !others.isEmpty else { return }
        let next = others.first { $0.effective > offered.effective }
        throw Problems([
            Problem(
                subject,
                "the service line \"\(line)\" "
                    + (next.map { "is offered from \($0.effective) on" } ?? "is not offered any more"),
                fix: suggestion(for: line.text, among: offered.serviceLines.keys.map(\.text)))
        ])
    }
}
