import Values

/// Texts of people as they are shown.
package enum Shown {
    /// A text without the signs that turn the order of letters around: what stands in their place can be seen.
    package static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.turnsLetters) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(scalar.turnsLetters ? "\u{FFFD}" : scalar) }
        return String(shown)
    }
}
