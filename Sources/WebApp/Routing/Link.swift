import Agreements
import Formats
import Rating
import Values

/// The addresses of the site, for links and redirects: a link that is misspelt does not compile.
enum Link {
    static let today = "/today"
    static let triage = "/triage"
    static let requests = "/requests"
    static let newRequest = "/requests/new"
    static let clients = "/clients"
    static let newClient = "/clients/new"
    static let terms = "/terms"
    static let termsTrial = "/terms/trial"
    static let importTime = "/import"
    static let search = "/search"
    static let people = "/people"
    static let audit = "/audit"
    static let webhooks = "/webhooks"
    static let account = "/account"
    static let keys = "/keys"
    static let signIn = "/sign-in"
    static let signInLink = "/sign-in/link"
    static let signInCode = "/sign-in/code"
    static let signOut = "/sign-out"
    static let reset = "/reset"
    static let timerStart = "/timer/start"
    static let timerStop = "/timer/stop"
    static let quickEntry = "/time"

    static func request(_ id: RequestID) -> String { "/requests/\(escaped(id.text))" }
    static func request(_ id: RequestID, _ action: String) -> String { "\(request(id))/\(action)" }
    static func triage(_ id: RequestID) -> String { "/triage/\(escaped(id.text))" }
    static func entry(_ id: EntryID) -> String { "/time/\(escaped(id.text))" }
    static func entry(_ id: EntryID, _ action: String) -> String { "\(entry(id))/\(action)" }
    static func attachment(_ id: String) -> String { "/attachments/\(escaped(id))" }
    static func client(_ id: ClientID) -> String { "/clients/\(escaped(id.text))" }
    static func client(_ id: ClientID, _ part: String) -> String { "\(client(id))/\(part)" }
    static func statement(_ client: ClientID, _ period: Period) -> String {
        "\(self.client(client))/statements/\(period)"
    }
    static func terms(_ effective: CivilDate) -> String { "/terms/\(effective)" }
    static func work(_ id: String) -> String { "/progress/\(escaped(id))" }
    static func user(_ id: String) -> String { "/people/\(escaped(id))" }
    static func user(_ id: String, _ action: String) -> String { "\(user(id))/\(action)" }
    static func webhook(_ id: String) -> String { "/webhooks/\(escaped(id))" }
    static func webhook(_ id: String, _ action: String) -> String { "\(webhook(id))/\(action)" }
    static func oneTime(_ token: String) -> String { "/links/\(token)" }

    /// An address with a query.
    static func with(_ path: String, _ query: KeyValuePairs<String, String>) -> String {
        let parts = query.filter { !$0.value.isEmpty }.map { "\($0.key)=\(escaped($0.value))" }
        return parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
    }

    /// A text as a part of an address.
    static func escaped(_ text: String) -> String { PercentEncoding.escaped(text) }
}
