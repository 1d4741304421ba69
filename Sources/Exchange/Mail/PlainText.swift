import Values

/// Text as it is kept: lines of letters.
package enum PlainText {
    /// Without carriage returns, and without control characters, which nobody sees and terminals obey.
    package static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var isAfterReturn = false
        var marks = 0
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            marks = scalar.isMark ? marks + 1 : 0
            switch scalar {
            case "\r": scalars.append("\n")
            case "\n": if !isAfterReturn { scalars.append(scalar) }
            case "\t": scalars.append(scalar)
            // Spaces that do not break, and of no width: people type neither.
            case "\u{A0}": scalars.append(" ")
            case "\u{200B}", "\u{FEFF}": continue
            // Signs that turn letters around, and more marks than a letter has.
            case _ where scalar.turnsLetters || marks > Unicode.Scalar.mostMarks: continue
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// Puts lines together that a mail program broke (RFC 3676, `format=flowed`): those that end in a space go on in the
    /// next of the same depth of quoting.
    ///
    /// - Parameter dropsSpace: whether the space at the end is none of the text.
    package static func unflowed(_ text: String, _ dropsSpace: Bool) -> String {
        var lines: [String] = []
        var openDepth: Int?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let depth = line.prefix { $0 == ">" }.count
            var words = line.dropFirst(depth)
            if words.hasPrefix(" ") { words = words.dropFirst() }
            let isSignature = words == "-- "
            let flows = words.hasSuffix(" ") && !isSignature
            if flows, dropsSpace { words = words.dropLast() }
            if openDepth == depth, !isSignature, let last = lines.indices.last {
                lines[last] += words
            } else {
                lines.append((depth > 0 ? String(repeating: ">", count: depth) + " " : "") + words)
            }
            openDepth = flows ? depth : nil
        }
        return lines.joined(separator: "\n")
    }
}
