import Values

/// Several mails of one kind for one person within a few minutes, as one.
struct Digest {
    /// How many are written out; of more the number is said.
    static let most = 20
    /// How much of each is written out, in bytes, where they are about several requests.
    private static let longest = 600

    /// - Parameters:
    ///   - letters: what the mails would be, the earliest first.
    ///   - kind: the kind of all of them: `request.opened`.
    /// - Returns: nil where there is none.
    static func letter(_ letters: [Letter], kind: String, to reader: Letters.Reader, publicURL: String) -> Letter? {
        guard letters.count > 1, var letter = letters.last else { return letters.first }
        let shown = letters.prefix(most)
        let left = letters.count - shown.count
        let more = left > 0 ? ["… and \(left) more."] : []
        // All about one request: its conversation, in order, that can be answered.
        if Set(letters.map(\.thread)).count == 1 {
            letter.paragraphs =
                letters[0].paragraphs + shown.dropFirst().flatMap { words(of: $0) } + more
            return letter
        }
        let items = shown.map { letter in
            let text = words(of: letter).joined(separator: "\n").cut(toBytes: longest)
            return ([letter.subject, text] + (letter.link.map { [$0.url] } ?? [])).joined(separator: "\n")
        }
        let page = reader.isStaff ? "/requests" : "/portal/requests"
        return Letter(
            subject: "\(letters.count) \(what(kind))", paragraphs: ["Hello \(reader.name),"] + items + more,
            link: ("See all requests", publicURL + page), isAboutSeveral: true)
    }

    private static func words(of letter: Letter) -> [String] { letter.paragraphs.filter { !$0.hasPrefix("Hello ") } }

    private static func what(_ kind: String) -> String {
        switch kind {
        case "request.opened": "new requests"
        case "request.written": "messages of clients"
        case "request.answered": "answers on your requests"
        case "request.done": "requests are done"
        case "request.declined": "requests were declined"
        default: "messages"
        }
    }
}
