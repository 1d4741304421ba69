/// A table that becomes a list of cards where the screen is narrow. Roles are written out, for the styles of cards would take
/// them away.
package struct DataTable {
    /// How a column's cells stand.
    package enum Kind { case text, number, heading }

    /// A column.
    package struct Column {
        package var title: String
        package var kind: Kind = .text
        /// A column without a title of its own still has a name for those who hear the page.
        package var isTitleHidden = false

        package init(title: String, kind: Kind = .text, isTitleHidden: Bool = false) {
            self.title = title
            self.kind = kind
            self.isTitleHidden = isTitleHidden
        }
    }

    private let caption: String
    private let isCaptionHidden: Bool
    private let columns: [Column]
    private var rows: [HTML] = []
    private var foot: [HTML] = []

    package init(_ caption: String, isCaptionHidden: Bool = true, _ columns: [Column]) {
        self.caption = caption
        self.isCaptionHidden = isCaptionHidden
        self.columns = columns
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row, a cell for each column.
    ///
    /// - Parameter isStop: whether the keys j and k stop at it.
    package mutating func add(_ cells: [HTML], id: String? = nil, isStop: Bool = false) {
        rows.append(row(cells, id: id, isStop: isStop))
    }

    /// Adds a row of sums.
    package mutating func addFoot(_ cells: [HTML]) { foot.append(row(cells, id: nil, isStop: false)) }

    private func row(_ cells: [HTML], id: String?, isStop: Bool) -> HTML {
        let html = zip(columns, cells).map { column, cell -> HTML in
            switch column.kind {
            case .heading: "<th scope=\"row\" role=\"rowheader\">\(cell)</th>"
            case .text: "<td role=\"cell\" data-label=\"\(column.title)\">\(wrapped(cell))</td>"
            case .number: "<td role=\"cell\" class=\"number\" data-label=\"\(column.title)\">\(wrapped(cell))</td>"
            }
        }
        let name: HTML = id.map { " id=\"\($0)\"" } ?? .empty
        return "<tr role=\"row\"\(name)\(isStop ? " data-row" as HTML : .empty)>\(html)</tr>"
    }

    /// One element, so that a card's cell has two children: its label and this.
    private func wrapped(_ cell: HTML) -> HTML { cell == .empty ? .empty : "<span>\(cell)</span>" }

    package var html: HTML {
        let heads = columns.map { column -> HTML in
            let title: HTML =
                column.isTitleHidden ? "<span class=\"visually-hidden\">\(column.title)</span>" : "\(column.title)"
            return
                "<th scope=\"col\" role=\"columnheader\"\(column.kind == .number ? " class=\"number\"" as HTML : .empty)>\(title)</th>"
        }
        let footHTML: HTML = foot.isEmpty ? .empty : "<tfoot role=\"rowgroup\">\(foot)</tfoot>"
        return """
            <table class="table cards" role="table"><caption\(isCaptionHidden ? " class=\"visually-hidden\"" as HTML : .empty)>\(caption)</caption>
            <thead role="rowgroup"><tr role="row">\(heads)</tr></thead><tbody role="rowgroup">\(rows)</tbody>\(footHTML)</table>
            """
    }
}
