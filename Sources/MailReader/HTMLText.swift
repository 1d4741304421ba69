import CLibXML2

/// The words of a page of HTML, in lines, by libxml2's reader for HTML as people write it.
struct HTMLText {
    /// All of them.
    private(set) var all = ""
    /// Those without what mail programs mark as the mail that is answered.
    private(set) var own = ""

    init(_ html: String) {
        let options = Int32(
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
                | HTML_PARSE_NONET.rawValue | HTML_PARSE_COMPACT.rawValue)
        let bytes = HTMLText.withoutLongTags(html)
        guard !bytes.isEmpty, bytes.count <= Int(Int32.max),
            let document = htmlReadMemory(bytes, Int32(bytes.count), nil, "UTF-8", options)
        else { return }
        defer { xmlFreeDoc(document) }
        guard let root = xmlDocGetRootElement(document) else { return }
        var walk = Walk(droppingQuotes: false)
        walk.over(root)
        all = walk.text
        walk = Walk(droppingQuotes: true)
        walk.over(root)
        own = walk.text
    }

    /// The longest tag that is read, in bytes. Those of pictures that stand in their tag are longer, and say nothing; of a
    /// tag with very many attributes each is compared with all.
    private static let longestTag = 16 << 10

    private static func withoutLongTags(_ html: String) -> [CChar] {
        var bytes: [CChar] = []
        var tag: Int?
        for byte in html.utf8 {
            if byte == UInt8(ascii: "<") { tag = bytes.count }
            bytes.append(CChar(bitPattern: byte))
            guard let start = tag else { continue }
            if byte == UInt8(ascii: ">") {
                if bytes.count - start > longestTag { bytes.removeSubrange(start...) }
                tag = nil
            }
        }
        if let start = tag, bytes.count - start > longestTag { bytes.removeSubrange(start...) }
        return bytes
    }

    /// One way through a document, from node to node: how deep it is does not matter.
    private struct Walk {
        let droppingQuotes: Bool
        private(set) var text = ""
        private var breaks = 0
        private var hasSpace = false

        init(droppingQuotes: Bool) { self.droppingQuotes = droppingQuotes }

        mutating func over(_ root: xmlNodePtr) {
            var node = root
            while true {
                if enter(node), let child = node.pointee.children {
                    node = child
                    continue
                }
                leave(node)
                while node != root, node.pointee.next == nil, let parent = node.pointee.parent {
                    node = parent
                    leave(node)
                }
                guard node != root, let next = node.pointee.next else { return }
                // All that follows belongs to the mail that is answered.
                if droppingQuotes, isEnd(next) { return }
                node = next
            }
        }

        /// Whether what is in a node is read.
        private mutating func enter(_ node: xmlNodePtr) -> Bool {
            switch node.pointee.type {
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
                if let content = node.pointee.content { write(String(cString: content)) }
                return false
            case XML_ELEMENT_NODE:
                let name = HTMLText.name(node)
                if HTMLText.silent.contains(name) || (droppingQuotes && isQuote(node, name)) { return false }
                switch name {
                case "br": text += text.isEmpty ? "" : "\n"; hasSpace = false; breaks = max(0, breaks - 1)
                case "img": if let words = HTMLText.attribute("alt", node) { write(words) }
                case "li": brk(1); write("- ")
                case "td", "th": hasSpace = true
                default: brk(HTMLText.breaks(name))
                }
                return true
            default: return false
            }
        }

        private mutating func leave(_ node: xmlNodePtr) {
            guard node.pointee.type == XML_ELEMENT_NODE else { return }
            let name = HTMLText.name(node)
            if name == "a", let target = HTMLText.attribute("href", node), target.hasPrefix("http"),
                !text.hasSuffix(target), !isQuoteOrSilent(node, name)
            {
                write(" <\(target)>")
            }
            brk(HTMLText.breaks(name))
        }

        private func isQuoteOrSilent(_ node: xmlNodePtr, _ name: String) -> Bool {
            HTMLText.silent.contains(name) || (droppingQuotes && isQuote(node, name))
        }

        private mutating func brk(_ count: Int) {
            guard count > 0, !text.isEmpty else { return }
            breaks = max(breaks, count)
            hasSpace = false
        }

        private mutating func write(_ words: String) {
            let isSpace = { (character: Character) in character.isWhitespace && character != "\u{A0}" }
            if words.first.map(isSpace) == true { hasSpace = true }
            let line = words.split(whereSeparator: isSpace).joined(separator: " ")
            guard !line.isEmpty else { return }
            if breaks > 0 {
                let there = text.reversed().prefix { $0 == "\n" }.count
                text += String(repeating: "\n", count: max(0, breaks - there))
            } else if hasSpace, !text.isEmpty, text.last != "\n", text.last != " " {
                text += " "
            }
            text += line
            breaks = 0
            hasSpace = words.last.map(isSpace) == true
        }

        // MARK: Quotes

        private func isQuote(_ node: xmlNodePtr, _ name: String) -> Bool {
            if name == "blockquote", HTMLText.attribute("type", node)?.lowercased() == "cite" { return true }
            let classes = Set((HTMLText.attribute("class", node) ?? "").split(separator: " ").map(String.init))
            return !classes.isDisjoint(with: HTMLText.quotes)
        }

        private func isEnd(_ node: xmlNodePtr) -> Bool {
            guard node.pointee.type == XML_ELEMENT_NODE, let id = HTMLText.attribute("id", node) else { return false }
            // What Outlook puts before the mail that is answered.
            return id.hasSuffix("divRplyFwdMsg") || id.hasSuffix("appendonsend")
        }
    }

    /// What Gmail, Yahoo, Thunderbird and Proton call the mail that is answered.
    private static let quotes: Set<String> = [
        "gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote",
    ]
    private static let silent: Set<String> = ["head", "style", "script", "title", "noscript", "template"]

    /// How many lines end before and after an element.
    private static func breaks(_ name: String) -> Int {
        switch name {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr": 2
        case "div", "tr", "li", "section", "article", "header", "footer", "address", "dl", "dt", "dd", "form": 1
        default: 0
        }
    }

    private static func name(_ node: xmlNodePtr) -> String {
        node.pointee.name.map { String(cString: $0) } ?? ""
    }

    private static func attribute(_ name: String, _ node: xmlNodePtr) -> String? {
        var attribute = node.pointee.properties
        while let one = attribute {
            if let own = one.pointee.name, String(cString: own) == name {
                return one.pointee.children.flatMap { $0.pointee.content }.map { String(cString: $0) } ?? ""
            }
            attribute = one.pointee.next
        }
        return nil
    }
}
