/// The known name nearest to one that is not known, where it is near enough to be what was meant.
///
/// Near is at most a third of the letters changed, added, dropped or swapped with their neighbour: the optimal string
/// alignment distance. O(m·n) for each known name.
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(80))
    let limit = max(1, wanted.count / 3)
    return
        known
        .map { (name: $0, distance: distance(wanted, Array($0.lowercased().unicodeScalars))) }
        .filter { $0.distance <= limit }
        .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
        .name
}

/// `did you mean "plans"?` for a near name, else the list of what is known.
public func suggestion(for name: String, among known: [String]) -> String {
    if let near = nearestName(to: name, among: known) { return "did you mean \"\(near)\"?" }
    let list = known.sorted().prefix(12).joined(separator: ", ")
    return known.isEmpty ? "none is defined yet" : "known here: \(list)" + (known.count > 12 ? ", …" : "")
}

private func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var rows = [Array(0...b.count)]
    for (i, x) in a.enumerated() {
        var row = [i + 1]
        for (j, y) in b.enumerated() {
            var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (x == y ? 0 : 1))
            if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { best = min(best, rows[i - 1][j - 1] + 1) }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
