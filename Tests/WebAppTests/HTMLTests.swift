import Testing
import Values

@testable import SiteKit

@Suite("HTML")
struct HTMLTests {
    @Test("A text stays text, wherever it stands")
    func escapes() {
        let name = "<b>\"Tom\" & 'Co'</b>"
        let html: HTML = "<p title=\"\(name)\">\(name)</p>"
        let safe = "&lt;b&gt;&quot;Tom&quot; &amp; &#39;Co&#39;&lt;/b&gt;"
        #expect(html.markup == "<p title=\"\(safe)\">\(safe)</p>")
        #expect(("<p>\(Hours(1, 30)) \(3)</p>" as HTML).markup == "<p>1:30 3</p>")
    }

    @Test("HTML in HTML is not escaped again; nothing is nothing")
    func nests() {
        let rows: [HTML] = ["<li>\("a&b")</li>", "<li>c</li>"]
        let none: HTML? = nil
        #expect(("<ul>\(rows)\(none)</ul>" as HTML).markup == "<ul><li>a&amp;b</li><li>c</li></ul>")
        #expect(rows.joined(separator: "<hr>").markup == "<li>a&amp;b</li><hr><li>c</li>")
    }

    @Test("An optional text does not slip in as \"Optional(…)\"")
    func noOptionals() {
        // `"\(nil as String?)"` does not compile: there is no interpolation of it. This test says so to a reader.
        let text: String? = "x"
        #expect(("\(text ?? "")" as HTML).markup == "x")
    }
}
