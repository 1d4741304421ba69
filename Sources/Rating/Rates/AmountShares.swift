import Values

/// The amount of what is billed as one, and each line's share of it (docs/rules.md, "Amounts"): rounded once, shared by
/// largest remainder, so that the shares sum to it.
struct AmountShares {
    /// Each line's share, in minor units.
    let amounts: [Int]

    /// - Parameters:
    ///   - seconds: what each line is charged, in the order of work.
    ///   - rate: minor units an hour.
    ///   - issued: what was issued for a line that is charged the same now as then; nil where there is no such amount.
    init(seconds: [Int], rate: Int, issued: [Int?]) {
        let whole = HourlyRate.amount(seconds: seconds.reduce(0, +), minorUnitsPerHour: rate)
        let exact = seconds.map { (Int128($0) * Int128(rate)).quotientAndRemainder(dividingBy: 3600) }
        var amounts = exact.map { Int(clamping: $0.quotient) }
        let order = seconds.indices.filter { exact[$0].remainder > 0 }.sorted { a, b in
            let (x, y) = (AmountShares.wish(issued[a], amounts[a]), AmountShares.wish(issued[b], amounts[b]))
            if x != y { return x < y }
            return exact[a].remainder != exact[b].remainder ? exact[a].remainder > exact[b].remainder : a < b
        }
        // The sum is at most half a unit from the exact one, so that no more lines are asked for than have a remainder.
        for place in order.prefix(max(0, whole - amounts.reduce(0, +))) { amounts[place] += 1 }
        self.amounts = amounts
    }

    /// 0 for a line that was issued with one more than its whole units, 2 with none, 1 where there is nothing to keep.
    private static func wish(_ issued: Int?, _ least: Int) -> Int {
        guard let issued else { return 1 }
        return issued == least + 1 ? 0 : issued == least ? 2 : 1
    }
}
