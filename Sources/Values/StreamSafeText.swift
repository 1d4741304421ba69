extension StringProtocol {
    /// Whether a text can be compared, hashed and normalized at a cost that grows with its length alone.
    ///
    /// Two texts are equal where their letters are, in whatever order the marks on a letter come. Each run of marks is sorted
    /// for that, and a run of thirty thousand takes seconds. Unicode's Stream-Safe Text Format (UAX #15, section 13) ends a
    /// run after thirty marks, which is more than any script has.
    package var isStreamSafe: Bool {
        // What has no byte of U+0300 or above has no marks.
        guard utf8.contains(where: { $0 >= 0xCC }) else { return true }
        var run = 0
        for scalar in unicodeScalars {
            run = scalar.isMark ? run + 1 : 0
            if run > Unicode.Scalar.mostMarks { return false }
        }
        return true
    }
}

extension StringProtocol {
    /// Its beginning, of at most so many bytes, with no letter's bytes cut through. Linear in that many bytes: a letter may
    /// have marks without end, so that to count letters takes the whole text.
    package func cut(toBytes most: Int) -> String {
        let bytes = utf8
        guard let end = bytes.index(bytes.startIndex, offsetBy: most, limitedBy: bytes.endIndex), end < bytes.endIndex
        else { return String(self) }
        // The bytes of one scalar are four at most; those after its first are 10xxxxxx.
        var kept = most
        while kept > 0, bytes[bytes.index(bytes.startIndex, offsetBy: kept)] & 0xC0 == 0x80 { kept -= 1 }
        return String(decoding: bytes.prefix(kept), as: UTF8.self)
    }
}

extension Unicode.Scalar {
    /// How many marks in a row a letter may have.
    package static let mostMarks = 30

    /// Whether it is a mark on the letter before it.
    package var isMark: Bool { value >= 0x300 && properties.canonicalCombiningClass != .notReordered }

    /// Whether it turns the order of the letters after it (Unicode UAX #9, section 2): embeddings, overrides and isolates. With
    /// one, `fdp.exe` is shown as `exe.pdf`.
    package var turnsLetters: Bool { (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) }
}
