package import Agreements
package import Values

extension Facts {
    /// The contracts that hold on a date or begin after it: a contract that is ended runs to the last day of that month
    /// (design L1), and until then it is one like others.
    package func contracts(notOverBy date: CivilDate) -> [Contract] {
        let ends = Dictionary(grouping: contractEnds, by: \.contract)
        return contracts.filter { contract in
            let end = ends[contract.id]?.max { ($0.recorded, $0.on) < ($1.recorded, $1.on) }
            return end.map { Period(containing: $0.on).lastDay >= date } ?? true
        }
    }
}
