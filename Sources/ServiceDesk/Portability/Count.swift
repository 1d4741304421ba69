/// Counts facts, and tells now and then how far it is.
struct Count {
    private let doing: String
    private let all: Int?
    private var count = 0
    private static let step = 5000

    /// - Parameters:
    ///   - doing: "Writing".
    ///   - all: how many there are; nil where nobody knows.
    init(_ doing: String, of all: Int? = nil) {
        self.doing = doing
        self.all = all
    }

    /// Counts one more.
    mutating func add(_ progress: (String) -> Void) {
        count += 1
        guard count.isMultiple(of: Count.step) else { return }
        progress("\(doing) fact \(count)\(all.map { " of \($0)" } ?? "")")
    }
}
