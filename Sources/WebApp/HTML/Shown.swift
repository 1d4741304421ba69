/// Texts of people as they are shown.
enum Shown {
    /// A text without the signs that turn the order of letters around: `exe.pdf` would be shown for what ends in `fdp.exe`, and
    /// what follows on the page could be turned as well. What stands in their place can be seen.
    static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isTurning) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(isTurning(scalar) ? "\u{FFFD}" : scalar) }
        return String(shown)
    }

    /// Whether a sign turns what follows it (Unicode UAX #9, section 2): embeddings, overrides and isolates.
    static func isTurning(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
}
