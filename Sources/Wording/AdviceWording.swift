public import Agreements
public import Rating
public import Values

extension Wording {
    /// Words that use the names of these terms and of some projects.
    public init(_ terms: TermsHistory, projects: [Project]) {
        var names = Names()
        for project in projects { names.projects[project.id] = project.name }
        self.init(terms, names: names)
    }

    /// A way to pay, in words: `as agreed, with 10 hours bought ahead for Website maintenance`.
    ///
    /// - Parameter name: what a contract is called, nothing where there is one only; its name or id if left out.
    public func way(_ way: Alternative.Way, contract name: ((ContractID) -> String)? = nil) -> String {
        func called(_ contract: ContractID, _ before: String) -> String {
            let name = name?(contract) ?? self.contract(contract)
            return name.isEmpty ? "" : before + name
        }
        let agreement =
            switch way.agreement {
            case .asAgreed: "as agreed"
            case .without(let contract): "by the hour" + called(contract, ", without ")
            case .plans(let plans):
                plans.map { plan($0.plan) + called($0.contract, " on ") }.joined(separator: " and ")
            }
        return way.ahead.isEmpty ? agreement : "\(agreement), with \(ahead(way.ahead))"
    }

    /// `5 hours bought ahead for any work and 10 hours for Website maintenance, over 3 months`.
    private func ahead(_ bought: [Alternative.HoursAhead]) -> String {
        var scopes: [Block.Scope] = []
        for hours in bought where !scopes.contains(hours.scope) { scopes.append(hours.scope) }
        let parts = scopes.enumerated().map { place, scope in
            let hours = bought.filter { $0.scope == scope }.reduce(Hours.zero) { $0 + $1.hours }
            let many =
                hours.seconds % 3600 != 0
                ? hours.inWords : "\(hours.seconds / 3600) hour" + (hours == Hours(1) ? "" : "s")
            return "\(many)\(place == 0 ? " bought ahead" : "") for \(self.scope(.block(scope)))"
        }
        let months = Set(bought.map(\.boughtOn)).count
        let all = parts.dropLast().joined(separator: ", ") + (parts.count > 1 ? " and " : "") + (parts.last ?? "")
        return all + (months > 1 ? ", over \(months) months" : "")
    }
}
