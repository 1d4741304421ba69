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
            if scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered {
                run += 1
                if run > 30 { return false }
            } else {
                run = 0
            }
        }
        return true
    }
}
