import Terminal
import Wording

/// An explanation drawn as a tree of 80 columns.
struct ExplanationText {
    private let explanation: Explanation

    init(_ explanation: Explanation) { self.explanation = explanation }

    var lines: [String] { wrap(printable(explanation.text), width: 80) + branches(of: explanation, prefix: "") }

    private func branches(of node: Explanation, prefix: String) -> [String] {
        var lines: [String] = []
        for (index, child) in node.because.enumerated() {
            let isLast = index == node.because.count - 1
            let further = prefix + (isLast ? "   " : "│  ")
            let words = wrap(printable(child.text), width: max(20, 78 - further.count))
            let under = further + (child.because.isEmpty ? "  " : "│ ")
            for (row, text) in words.enumerated() {
                lines.append((row == 0 ? prefix + (isLast ? "└─ " : "├─ ") : under) + text)
            }
            lines += branches(of: child, prefix: further)
        }
        return lines
    }
}
