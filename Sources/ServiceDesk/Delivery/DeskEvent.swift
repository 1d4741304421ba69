import Values

/// Something that happened, which people are mailed about or programs are told of.
package enum DeskEvent: String, CaseIterable, Sendable {
    case requestOpened = "request.opened"
    case requestWritten = "request.written"
    case requestAnswered = "request.answered"
    case requestMoved = "request.moved"
    case requestDone = "request.done"
    case requestDeclined = "request.declined"
    case requestAccepted = "request.accepted"
    case requestAssigned = "request.assigned"
    case requestMerged = "request.merged"
    case requestReopened = "request.changed"
    case requestApproved = "request.approved"
    case permitGiven = "permit.given"
    case timeLogged = "time.logged"
    case timeCorrected = "time.corrected"
    case timeVoided = "time.voided"
    case timeGiven = "time.given"
    case timeImported = "time.imported"
    case hoursAlert = "hours.alert"
    case blockBought = "block.bought"
    case blockChanged = "block.changed"
    case contractSigned = "contract.signed"
    case contractChanged = "contract.changed"
    case contractNegotiated = "contract.negotiated"
    case contractEnded = "contract.ended"
    case periodClosed = "period.closed"
    case periodReopened = "period.reopened"
    case clientAdded = "client.added"
    case projectAdded = "project.added"
    case projectDone = "project.done"
    case contactChanged = "contact.changed"
    case termsAdded = "terms.added"
    /// Somebody is to get a one-time link by mail.
    case linkAsked = "link.asked"
    /// Somebody is to prove a new address by a link that goes there.
    case addressAsked = "address.asked"
    /// Somebody has another address, which the one before is told.
    case addressChanged = "address.changed"
    /// Somebody wants to see a message arrive.
    case webhookTest = "webhook.test"
    /// An endpoint was turned off because nothing arrived.
    case webhookOff = "webhook.off"

    /// Those that webhooks may choose; the others go to whom they concern.
    package static let offered = allCases.filter {
        ![.linkAsked, .addressAsked, .addressChanged, .webhookTest, .webhookOff].contains($0)
    }

    /// Whether anybody may be mailed about it.
    var isMailed: Bool {
        MailKind(of: rawValue) != nil || [.webhookOff, .linkAsked, .addressAsked, .addressChanged].contains(self)
    }

    /// When it happens, and the ids that its message has.
    package var meaning: String {
        switch self {
        case .requestOpened:
            "A request was opened: `request`, `contact` (whoever asked, where one did), `way` (`mail` where it came so)."
        case .requestWritten: "A client wrote on a request: `request`, `message`."
        case .requestAnswered: "Staff answered on a request: `request`, `message`."
        case .requestMoved: "A request was moved to another client, line or project: `request`."
        case .requestDone: "A request is done: `request`."
        case .requestDeclined: "A request was declined: `request`."
        case .timeLogged: "Time was logged: `entry`, `request`."
        case .timeCorrected: "An entry was corrected: `entry`, `request`."
        case .timeVoided: "An entry was withdrawn: `entry`, `request`."
        case .timeGiven: "An entry, or a part of it, was given to the client: `entry`, `request`."
        case .timeImported: "Time was imported from a tracker: `entries`, how many. Of no one client."
        case .hoursAlert:
            "50, 80 or 100 % of a line's hours are used, or hours are about to lapse (`mark` 0): `line`, `mark`, `used`, `granted`, `left`, `over`, `amount`, and what would `lapse` `on` which day."
        case .blockBought: "Hours were bought ahead: `block`."
        case .contractSigned: "A contract was signed: `contract`."
        case .contractChanged: "A contract's plan was changed: `contract`, `plan`."
        case .contractEnded: "A contract was ended: `contract`."
        case .periodClosed: "A month was closed: `period`."
        case .periodReopened: "A closed month was opened again: `period`."
        case .clientAdded: "A client was added."
        case .requestAccepted: "A request was taken on: `request`."
        case .requestAssigned: "A request was given to somebody, or to nobody: `request`, `person`."
        case .requestMerged: "A request goes on in another: `request`, `into`."
        case .requestReopened: "A request is open again, or waits for the client: `request`, `state`."
        case .requestApproved: "The client asked for the work of a request: `request`."
        case .permitGiven: "The client approved work beyond their hours: `request`, `hours`, `until`."
        case .blockChanged: "A block's hours, last day or payment was changed: `block`."
        case .contractNegotiated: "A contract sets something otherwise from a date: `contract`."
        case .projectAdded: "A project was added: `project`."
        case .projectDone: "A project is done: `project`."
        case .contactChanged: "A contact was added, or what they may do was changed: `contact`."
        case .termsAdded: "A version of the terms was added: `effective`. Of no one client."
        case .linkAsked: "Somebody gets a one-time link."
        case .addressAsked: "Somebody is to prove a new address."
        case .addressChanged: "Somebody has another address."
        case .webhookTest: "A test, to one webhook alone."
        case .webhookOff: "A webhook was turned off because nothing arrived."
        }
    }
}
