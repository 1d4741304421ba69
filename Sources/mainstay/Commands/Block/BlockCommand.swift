import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Terminal
import Values

/// `mainstay block`: hours bought ahead.
struct BlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Sell hours ahead, extend them, note their payment.",
        subcommands: [BlockBuy.self, BlockChangeCommand.self])
}

/// `mainstay block buy`.
struct BlockBuy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buy", abstract: "Sell a block of hours, at the price of the terms unless another is agreed.",
        discussion: """
            Example:

              mainstay block buy acme 10
              mainstay block buy acme 5 --project shop-launch
            """)

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "How many hours.") var hours: String
    @Option(help: ArgumentHelp("Only for this project.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("Only for this service line.", valueName: "id")) var line: String?
    @Option(help: ArgumentHelp("The date of purchase; today if left out.", valueName: "date")) var on: String?
    @Option(help: ArgumentHelp("The first day of work it may pay for, where that is earlier.", valueName: "date"))
    var effective: String?
    @Option(help: ArgumentHelp("The last day; what the terms say if left out.", valueName: "date")) var until: String?
    @Option(help: ArgumentHelp("Another price of an hour.", valueName: "amount")) var price: String?
    @OptionGroup var options: DeskOptions

    func validate() throws {
        if project != nil, line != nil { throw ValidationError("--project and --line exclude each other.") }
    }

    func run() throws {
        try atDesk(options) { session in
            let today = try session.today(of: ClientID(client))
            let length = try TypedInput.hours(hours)
            let scope: Block.Scope =
                project.map { .project(ProjectID($0)) } ?? line.map { .serviceLine(ServiceLineID($0)) } ?? .client
            let currency = try session.terms().currency
            let bought = try session.perform(
                BuyBlock(
                    client: ClientID(client), scope: scope, hours: length,
                    boughtOn: try on.map { try TypedInput.date($0, today: today) },
                    effective: try effective.map { try TypedInput.date($0, today: today) },
                    lastDay: try until.map { try TypedInput.date($0, today: today) },
                    pricePerHour: try price.map { HourlyRate(perHour: try TypedInput.money($0, currency)) }))
            let block = try session.standing(of: ClientID(client)).blocks.first { $0.id.text == bought.id }
            return ["\(bought.id): \(length) for \(client)" + (block.map { ", \($0.price)." } ?? ".")]
        }
    }
}

/// `mainstay block change`.
struct BlockChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Extend a block, note its payment, or correct its hours.",
        discussion: "Example:\n\n  mainstay block change b-17 --paid today --reason \"Transfer of 2 November\"")

    @Argument(help: "The block's id.") var block: String
    @Option(help: ArgumentHelp("The hours it has from now on; 0 takes it back.", valueName: "hours")) var hours: String?
    @Option(help: ArgumentHelp("Its new last day.", valueName: "date")) var until: String?
    @Option(help: ArgumentHelp("The date on which it was paid.", valueName: "date")) var paid: String?
    @Option(help: "Why.") var reason: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let client = try session.desk.preview(by: session.actor) { try $0.client(of: "block", block) }
            let today = try session.today(of: client)
            let changed = try session.perform(
                ChangeBlock(
                    block: BlockID(block), hours: try hours.map { try TypedInput.hours($0) },
                    lastDay: try until.map { try TypedInput.date($0, today: today) },
                    paidOn: try paid.map { try TypedInput.date($0, today: today) }, reason: reason))
            return ["\(changed.id) is changed: \(reason)."].map { printable($0) }
        }
    }
}
