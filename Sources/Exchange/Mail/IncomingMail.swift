/// A mail that came in, as far as a service desk needs it.
package struct IncomingMail: Hashable, Sendable {
    /// A file that came with it.
    package struct File: Hashable, Sendable {
        /// What it is called; of mails in mails and of files without a name what they are.
        package var name: String
        /// Its content; nil where it is a mail of its own, which is not taken apart, or larger than was asked for.
        package var content: [UInt8]?
        /// How many bytes it has; 0 for a mail of its own.
        package var size: Int
        /// Whether it is a picture of the text, and may be one of what is quoted.
        package var isOfText: Bool

        package init(name: String, content: [UInt8]?, size: Int? = nil, isOfText: Bool = false) {
            self.isOfText = isOfText
            self.name = name
            self.content = content
            self.size = size ?? content?.count ?? 0
        }
    }

    /// Its id, without angle brackets; nil where it has none.
    package var id: String?
    /// When it was written, as it says; nil where it does not.
    package var date: String?
    /// The ids of the mails that it answers, the nearest last.
    package var references: [String]
    /// Whom it says it is from: an address.
    package var sender: String
    /// Its subject, on one line.
    package var subject: String
    /// All that it says.
    package var text: String
    /// What its sender wrote, without what they quote and their signature.
    package var written: String
    /// The files that came with it: those meant as such first, then pictures of its text.
    package var files: [File]
    /// Why it is from a machine, if it is.
    package var automatic: String?
    /// What mail servers on its way noted about its sender (RFC 8601), the last one first.
    package var authenticationResults: [String]

    package init(
        id: String? = nil, date: String? = nil, references: [String] = [], sender: String, subject: String,
        text: String,
        written: String? = nil, files: [File] = [], automatic: String? = nil, authenticationResults: [String] = []
    ) {
        self.id = id
        self.date = date
        self.references = references
        self.sender = sender
        self.subject = subject
        self.text = text
        self.written = written ?? text
        self.files = files
        self.automatic = automatic
        self.authenticationResults = authenticationResults
    }
}

extension IncomingMail {
    /// Whether a mail server of ours noted that the sender's domain stands for the mail (RFC 7489: `dmarc=pass`, with the
    /// domain in `header.from`).
    ///
    /// - Parameter server: the name under which our server notes it. It takes away what others wrote under its name
    ///   (RFC 8601, section 5); where it did not, its own words stand above theirs, so the first of that name alone counts.
    package func isVerified(by server: String) -> Bool {
        let domain = sender.split(separator: "@").last?.lowercased() ?? ""
        let own = authenticationResults.lazy.map(IncomingMail.clauses).first { $0.first?.first == server.lowercased() }
        guard let verdicts = own?.dropFirst().filter({ $0.first?.hasPrefix("dmarc=") ?? false }) else { return false }
        return !verdicts.isEmpty
            && verdicts.allSatisfy { $0.first == "dmarc=pass" && $0.contains("header.from=\(domain)") }
    }

    /// The clauses of Authentication-Results, each in words of small letters. What stands in comments is nobody's verdict,
    /// and what stands in quotes is one word, whatever it has: senders choose both.
    private static func clauses(of result: String) -> [[String]] {
        var clauses: [[String]] = [[]]
        var word = ""
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        func close() {
            if !word.isEmpty { clauses[clauses.count - 1].append(word.lowercased()) }
            word = ""
        }
        for character in result {
            if isEscaped {
                isEscaped = false
                if depth == 0 { word.append(character) }
            } else if character == "\\", isQuoted || depth > 0 {
                isEscaped = true
            } else if isQuoted {
                if character == "\"" { isQuoted = false } else { word.append(character) }
            } else if character == "(" {
                depth += 1
            } else if depth > 0 {
                if character == ")" { depth -= 1 }
            } else if character == "\"" {
                isQuoted = true
            } else if character == ";" {
                close()
                clauses.append([])
            } else if character.isWhitespace {
                close()
            } else {
                word.append(character)
            }
        }
        close()
        return clauses
    }
}
