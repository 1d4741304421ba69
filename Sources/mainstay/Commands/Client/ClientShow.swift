import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Terminal
import Values

/// `mainstay client show`.
struct ClientShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a client's contracts, blocks, projects and contacts.",
        discussion: "Example:\n\n  mainstay client show acme")

    @Argument(help: "The client's id.") var client: String
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            let facts = try session.standing(of: ClientID(client))
            var lines = facts.clients.map { "\($0.id): \($0.name), \($0.zone.identifier), \($0.currency.code)" }
            for contract in facts.contracts.sorted(by: { $0.id < $1.id }) {
                lines.append(
                    "Contract \(contract.id): \(contract.plan) on \(contract.serviceLine), from \(contract.from.written)"
                )
                for change in facts.planChanges where change.contract == contract.id {
                    lines.append("  \(change.plan) on \(change.on.written)")
                }
                for terms in facts.negotiatedTerms where terms.contract == contract.id {
                    let what = terms.subjects.map(\.rawValue).sorted().joined(separator: ", ")
                    lines.append("  negotiated from \(terms.from.written): \(what)")
                }
                for end in facts.contractEnds where end.contract == contract.id {
                    lines.append("  ends with \(Period(containing: end.on).written)")
                }
            }
            for block in facts.blocks.sorted(by: { $0.id < $1.id }) {
                lines.append(
                    "Block \(block.id): \(block.hours) at \(block.pricePerHour.perHour) an hour, bought \(block.boughtOn.written)"
                )
            }
            for project in facts.projects.sorted(by: { $0.id < $1.id }) {
                let done = facts.projectsDone.first { $0.project == project.id }
                lines.append("Project \(project.id): \(project.name)\(done.map { ", done \($0.on.written)" } ?? "")")
            }
            for contact in try session.read({ try Directory($0).contacts(of: ClientID(client)) }) {
                let ways = [
                    contact.email, contact.phone, contact.role?.rawValue, contact.isEnded ? "access ended" : nil,
                ]
                lines.append(
                    "Contact \(contact.id): \(([contact.name] + ways.compactMap(\.self)).joined(separator: ", "))")
            }
            return lines.map { printable($0) }
        }
    }
}
