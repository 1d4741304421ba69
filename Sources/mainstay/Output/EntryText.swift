import ServiceDesk
import Terminal
import Values

/// An entry as it was understood, and what it comes to on its month's statement.
struct EntryText {
    let lines: [String]

    init(_ outcome: EntryOutcome) {
        var lines = [
            "\(outcome.entry): \(outcome.hours) on \(TypedInput.written(outcome.date)), \(outcome.request) \(outcome.title)"
        ]
        if !outcome.parts.isEmpty {
            lines.append("  " + outcome.parts.joined(separator: "; "))
            lines += outcome.left.map { "  left in \(Period(containing: outcome.date).written): \($0)" }
        }
        self.lines = lines.map { printable($0) }
    }
}
