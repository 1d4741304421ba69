/// What somebody wrote in an answer, without the mail that they answer and without their signature.
package enum ReplyText {
    /// The line that our own mails begin with, so that what is below it in an answer is known to be ours.
    package static let marker = "— Write your answer above this line —"

    /// - Returns: what was written; the whole text where nothing would be left of it.
    package static func written(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let place = lines.firstIndex(where: { $0.contains(marker) }) {
            var above = Array(lines[..<place])
            dropAttribution(&above)
            trim(&above)
            // Who writes below what they quote has nothing above it.
            if !above.isEmpty { lines = above }
        }
        if let place = lines.indices.first(where: { isCopy(lines, at: $0) }) { lines = Array(lines[..<place]) }
        dropQuotes(&lines)
        if let place = signature(lines) { lines = Array(lines[..<place]) }
        trim(&lines)
        if let last = lines.last, isDeviceLine(last) {
            lines.removeLast()
            trim(&lines)
        }
        let written = lines.joined(separator: "\n")
        return written.isEmpty ? text.trimmed : written
    }

    /// - Returns: what somebody surely wrote themselves: no line that is quoted, wherever it stands, and nothing below a mail of
    ///   ours; empty where nothing is left.
    package static func ownWords(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let place = lines.firstIndex(where: { $0.contains(marker) && !isQuote($0) }) {
            lines = Array(lines[..<place])
            dropAttribution(&lines)
        }
        if let place = lines.indices.first(where: { isCopy(lines, at: $0) }) { lines = Array(lines[..<place]) }
        while let first = lines.firstIndex(where: isQuote) {
            var above = Array(lines[..<first])
            dropAttribution(&above)
            lines = above + lines[first...].drop { isQuote($0) }
        }
        trim(&lines)
        dropAttribution(&lines)
        if let place = signature(lines) { lines = Array(lines[..<place]) }
        trim(&lines)
        if let last = lines.last, isDeviceLine(last) {
            lines.removeLast()
            trim(&lines)
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Quotes

    private static func isQuote(_ line: String) -> Bool { line.drop { $0 == " " }.hasPrefix(">") }
    private static func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }

    /// Where a signature begins: at `-- ` (RFC 3676, section 4.3); without its space, as programs leave it that cut lines,
    /// only near the end: above much text it is a line of that.
    private static func signature(_ lines: [String]) -> Int? {
        lines.lastIndex { $0 == "-- " } ?? lines.suffix(6).lastIndex { $0 == "--" }
    }

    private static func trim(_ lines: inout [String]) {
        guard let first = lines.firstIndex(where: { !isBlank($0) }), let last = lines.lastIndex(where: { !isBlank($0) })
        else {
            lines = []
            return
        }
        lines = Array(lines[first...last])
    }

    /// Takes a quote away that all of what was written stands before, or behind. Words between quotes are answers to each:
    /// such a text stays as it is.
    private static func dropQuotes(_ lines: inout [String]) {
        trim(&lines)
        guard let first = lines.firstIndex(where: isQuote), let last = lines.lastIndex(where: isQuote) else {
            // What was quoted may be gone already: its first line is still there.
            return dropAttribution(&lines)
        }
        guard lines[first...last].allSatisfy({ isQuote($0) || isBlank($0) }) else { return }
        // A signature may stand below the quote.
        let below = Array(lines[(last + 1)...])
        let after = below.prefix(signature(below) ?? below.count)
        var before = Array(lines[..<first])
        dropAttribution(&before)
        if after.allSatisfy(isBlank) {
            lines = before
        } else if before.isEmpty {
            lines = Array(lines[(last + 1)...])
        }
    }

    /// Takes the line away that says who wrote what is quoted below: at the end, over up to three lines.
    private static func dropAttribution(_ lines: inout [String]) {
        var rest = lines
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        let lengths = (1...3).filter { count in
            rest.count >= count && !rest.suffix(count).contains(where: isBlank)
                && isAttribution(rest.suffix(count).joined(separator: " ").trimmed)
        }
        // Of a line that was broken the last part would do alone: where it begins tells how long it is.
        let begins = lengths.first { count in
            let word = rest[rest.count - count].split(separator: " ").first?.lowercased()
            return word.map(openings.contains) ?? false
        }
        if let count = begins ?? lengths.first { lines = Array(rest.dropLast(count)) }
    }

    private static let openings: Set<String> = [
        "on", "am", "le", "el", "il", "em", "op", "den", "w", "dne", "ti", "ma",
    ]

    /// Verbs of the line before a quote, as mail programs write it.
    private static let verbs = [
        "wrote", "schrieb", "a écrit", "escribió", "ha scritto", "escreveu", "schreef", "skrev", "kirjoitti", "napisał",
        "napsal", "írta", "написал", "писал",
    ]

    private static func isAttribution(_ line: String) -> Bool {
        guard line.hasSuffix(":"), line.utf8.count < 400 else { return false }
        // A sentence of one's own may end in "she wrote:"; the line of a mail program has a date or an address.
        guard line.contains(where: \.isNumber) || line.contains("@") else { return false }
        let words = line.lowercased()
        return verbs.contains { words.contains($0) }
    }

    // MARK: Copies

    private static let from = ["from", "von", "de", "da", "van", "fra", "från", "od"]
    private static let others: [Set<String>] = [
        [
            "sent", "date", "gesendet", "datum", "envoyé", "enviado", "enviada", "inviato", "verzonden", "sendt",
            "skickat",
        ],
        ["to", "an", "à", "para", "a", "aan", "til", "till"],
        ["subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "emne", "ämne"],
    ]
    private static let copies = [
        "original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "mensaje original",
        "mensagem original", "messaggio originale", "oorspronkelijk bericht", "opprinnelig melding",
        "oprindelig meddelelse", "ursprungligt meddelande",
    ]

    /// Whether a copy of the mail that is answered begins at a line: a rule that says so, or its headers.
    private static func isCopy(_ lines: [String], at place: Int) -> Bool {
        let line = lines[place].trimmed
        if line.hasPrefix("--"), line.hasSuffix("--") {
            let words = line.trimmed { $0 == "-" || $0.isWhitespace }.lowercased()
            if copies.contains(words) { return true }
        }
        if line.count >= 20, line.allSatisfy({ $0 == "_" || $0 == "-" }) {
            let next = lines.indices.dropFirst(place + 1).prefix(5).first { !isBlank(lines[$0]) }
            return next.map { areHeaders(lines, at: $0) } ?? false
        }
        return areHeaders(lines, at: place)
    }

    private static func areHeaders(_ lines: [String], at place: Int) -> Bool {
        guard let name = headerName(lines[place]), from.contains(name) else { return false }
        let names = lines[(place + 1)...].prefix(6).compactMap(headerName)
        return others.filter { !$0.isDisjoint(with: names) }.count >= 2
    }

    /// `from` of `*From:* Ada`.
    private static func headerName(_ line: String) -> String? {
        let plain = line.filter { $0 != "*" }.trimmed
        guard let colon = plain.firstIndex(of: ":"), plain.distance(from: plain.startIndex, to: colon) <= 12 else {
            return nil
        }
        return plain[..<colon].trimmed.lowercased()
    }

    // MARK: Devices

    private static let devices = [
        "sent from my ", "sent from outlook", "get outlook for ", "von meinem ", "gesendet von ", "envoyé de mon ",
        "enviado desde mi ", "enviado do meu ", "inviato da ", "verstuurd vanaf mijn ", "sendt fra min ",
        "skickat från min ",
    ]

    private static func isDeviceLine(_ line: String) -> Bool {
        let words = line.trimmed.lowercased()
        return words.utf8.count < 80 && devices.contains { words.hasPrefix($0) }
    }
}

extension StringProtocol {
    /// Without white space around it.
    var trimmed: String { trimmed(where: \.isWhitespace) }

    func trimmed(where isOutside: (Character) -> Bool) -> String {
        let rest = drop(while: isOutside)
        guard let last = rest.lastIndex(where: { !isOutside($0) }) else { return "" }
        return String(rest[...last])
    }
}
