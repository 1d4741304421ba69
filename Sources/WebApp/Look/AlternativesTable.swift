import Agreements
import Rating
import SiteKit
import Values
import Wording

/// The same work paid for in other ways, side by side.
struct AlternativesTable {
    let ways: [Alternative]
    let words: Wording
    /// What a contract is called; nothing where there is one only.
    var name: (ContractID) -> String = { $0.text }

    func html(_ caption: String) -> HTML {
        guard let best = ways.min(by: { $0.total.minorUnits < $1.total.minorUnits }) else {
            return "<p class=\"muted\">Nothing was agreed or done then.</p>"
        }
        var table = DataTable(
            caption,
            [
                .init(title: "Way", kind: .heading), .init(title: "Fees", kind: .number),
                .init(title: "Hours ahead", kind: .number),
                .init(title: "Hours charged", kind: .number), .init(title: "Charges", kind: .number),
                .init(title: "Lapsed", kind: .number),
                .init(title: "Total", kind: .number),
            ])
        for way in ways {
            let isBest = way.total.minorUnits == best.total.minorUnits
            table.add([
                "\(title(of: way.way))\(isBest ? " <span class=\"badge good\">least</span>" as HTML : .empty)",
                "<span class=\"money\">\(way.fees)</span>", "<span class=\"money\">\(way.blocks)</span>",
                "\(way.charged)",
                "<span class=\"money\">\(way.charges)</span>", "\(way.lapsed)",
                "<strong class=\"money\">\(way.total)</strong>",
            ])
        }
        return table.html
    }

    func title(of way: Alternative.Way) -> String { words.way(way, contract: name) }
}
