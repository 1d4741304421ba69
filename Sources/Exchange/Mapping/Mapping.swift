package import Agreements
import Rating
package import Values

/// What a tracker's names mean: their clients, projects, tasks and people → our clients, projects, service lines and work
/// types. See docs/time-exports.md for the file.
public struct Mapping: Sendable {
    /// What a client's rows belong to.
    struct ClientRule: Sendable {
        var id: ClientID
        var name: String?
        var zone: Zone?
        /// The line of its requests where neither project nor task says another.
        var serviceLine: ServiceLineID?
        var contracts: [ContractRule] = []
    }

    /// A contract that the mapping states, for rating without a facts file.
    struct ContractRule: Sendable {
        var id: ContractID
        var plan: PlanID
        var serviceLine: ServiceLineID
        var from: CivilDate
    }

    struct ProjectRule: Sendable {
        var id: ProjectID?
        /// The client, by their name here, of rows that name none.
        var client: String?
        var serviceLine: ServiceLineID?
    }

    struct TaskRule: Sendable {
        var workType: WorkTypeID
        var serviceLine: ServiceLineID?
    }

    /// Which column makes a request.
    enum RequestColumn: String, CaseIterable, Sendable {
        case projectCode = "project-code"
        case project = "project"
        case task = "task"
        case projectAndTask = "project-and-task"
        case note = "note"
        case reference = "reference"
        case client = "client"
    }

    /// When an entry was logged.
    enum Logged: Hashable, Sendable {
        /// At the end of the work, or of its day.
        case whenWorked
        case at(Instant)
    }

    /// What becomes of rows that the tracker says were invoiced.
    package enum Invoiced: String, CaseIterable, Sendable {
        case charged = "charged"
        case given = "given"
        case leftOut = "left-out"

        /// In words.
        var words: String {
            switch self {
            case .charged: "charged here, too, as the mapping says"
            case .given: "given, as the mapping says"
            case .leftOut: "left out, as the mapping says"
            }
        }
    }

    var clients: [String: ClientRule] = [:]
    var projects: [String: ProjectRule] = [:]
    /// Whether projects that the file does not list belong to none, instead of being a problem.
    var ignoresOtherProjects = false
    var tasks: [String: TaskRule] = [:]
    /// What a task that the file does not list is; a problem where nil.
    var otherTasks: TaskRule?
    var people: [String: String] = [:]
    var requestColumn = RequestColumn.projectAndTask
    var logged = Logged.whenWorked
    /// Whether rows that the tracker says are not billable are given to the client; else they are charged like others.
    var givesNotBillable = true
    /// What becomes of rows that the tracker says were invoiced; nil where nobody has decided.
    package internal(set) var invoiced: Invoiced?
    /// The zone of the tracker's clock; each client's own where nil.
    package internal(set) var zone: Zone?
    /// How dates are written, where the rows do not tell.
    public internal(set) var dateFormat: TimeExport.DateFormat?
    /// What whole numbers are in a column of lengths without a unit, where the rows do not tell.
    public internal(set) var lengthUnit: TimeExport.LengthUnit?
    /// Whether rows over 24 hours are taken as meant.
    public internal(set) var allowsLongEntries = false

    /// Our clients that it names.
    package var clientIDs: [ClientID] { clients.values.map(\.id) }
}
