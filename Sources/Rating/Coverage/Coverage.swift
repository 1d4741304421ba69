import Agreements
import Values

/// Judges what kind of work a contract pays for, with the checklist the judgement rests on (design C1 to C5).
struct Coverage {
    /// The client's contracts, in the order of their ids.
    let contracts: [ContractHistory]
    let terms: Terms
    let date: CivilDate

    /// A judgement: the verdict, why, and all contracts that cover the work, in the order of their ids.
    struct Judgement {
        var verdict: Verdict
        var checklist: [Requirement]
        var covering: [ContractID]
    }

    func judge(_ kind: WorkKind) -> Judgement {
        let isCharged = terms.workTypes[kind.workType]?.isCharged ?? true
        var checklist = [Requirement(subject: .chargedWork(kind.workType), isMet: isCharged)]
        guard isCharged else { return Judgement(verdict: .notCharged, checklist: checklist, covering: []) }

        let onLine =
            contracts
            .filter { $0.contract.serviceLine == kind.serviceLine }
            .map { (history: $0, requirements: requirements(of: $0, for: kind)) }
        checklist.append(Requirement(subject: .contract(kind.serviceLine), isMet: !onLine.isEmpty))

        // The best candidate: one that meets everything, else the one that meets most; by rank, then by id.
        let best = onLine.min { a, b in
            let (missingA, missingB) = (missing(a.requirements), missing(b.requirements))
            if missingA != missingB { return missingA < missingB }
            return rank(a.history) < rank(b.history)
        }
        checklist += best?.requirements ?? []
        guard let best, missing(best.requirements) == 0 else {
            return Judgement(verdict: .chargedAtList, checklist: checklist, covering: [])
        }
        return Judgement(
            verdict: .covered(best.history.contract.id), checklist: checklist,
            covering: onLine.filter { missing($0.requirements) == 0 }.map(\.history.contract.id))
    }

    private func missing(_ requirements: [Requirement]) -> Int { requirements.count { !$0.isMet } }

    private func rank(_ history: ContractHistory) -> (Int, ContractID) {
        (history.contract.rank ?? .max, history.contract.id)
    }

    private func requirements(of history: ContractHistory, for kind: WorkKind) -> [Requirement] {
        let contract = history.contract
        let line = terms.serviceLines[kind.serviceLine]
        let isCovered = line?.covers.contains(kind.workType) ?? false
        let isCoveredWhenApproved = line?.coversWhenApproved.contains(kind.workType) ?? false
        var requirements = [
            Requirement(
                subject: .dates(contract.id, from: contract.from, through: history.lastDay),
                isMet: history.isInForce(on: date)),
            Requirement(subject: .scope(contract.id, kind.project), isMet: history.includes(kind.project)),
            Requirement(
                subject: .workType(contract.id, kind.serviceLine, kind.workType),
                isMet: isCovered || isCoveredWhenApproved),
        ]
        if isCoveredWhenApproved, !isCovered {
            requirements.append(
                Requirement(subject: .approvedRequest(contract.id, kind.workType), isMet: kind.isApproved))
        }
        return requirements
    }
}
