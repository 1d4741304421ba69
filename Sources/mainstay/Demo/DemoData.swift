import Agreements
import Database
import Foundation
import Rating
import ServiceDesk
import Storage
import Synchronization
import Terminal
import Values

/// An agency that has been at work for a year up to today: clients in five zones, months closed, one waiting to be closed,
/// and a desk full of requests. All of it is done by the desk's own operations, on a clock that is turned.
final class DemoData {
    /// Somebody who can sign in.
    struct Person: Codable {
        var id: String
        var name: String
        var role: String
        var email: String
        var password: String
    }

    /// A clock that is turned by hand.
    private final class Clock: Sendable {
        private let instant: Mutex<Instant>
        init(_ instant: Instant) { self.instant = Mutex(instant) }
        var now: Instant { instant.withLock { $0 } }
        func set(_ instant: Instant) { self.instant.withLock { $0 = max($0, instant) } }
    }

    private struct Client {
        var id: ClientID
        var name: String
        var zone: Zone
        var plans: [(plan: PlanID, line: ServiceLineID)]
        var contact: (name: String, email: String)
        /// How busy they keep the desk: quarters of an hour a month, more or less.
        var quarters: Int
    }

    private let store: Store
    private let clock: Clock
    private let desk: ServiceDesk
    private let signIn: SignIn
    private let now: Instant
    private let zone: Zone
    private var count = 0
    private var dice: UInt64 = 0x4D61_696E_7374_6179
    private let owner = Actor(id: "ada", role: .owner)

    init(_ store: Store, now: Instant, zone: Zone, hasher: PasswordHasher) {
        self.store = store
        self.now = now
        self.zone = zone
        let clock = Clock(Instant(seconds: now.seconds - 500 * 86_400))
        self.clock = clock
        desk = ServiceDesk(store: store, clock: { clock.now }, random: randomBytes)
        signIn = SignIn(desk: desk, hasher: hasher, random: randomBytes)
    }

    /// Makes all of it.
    ///
    /// - Returns: the people, with their passwords.
    func make() throws -> [Person] {
        try desk.setUp(owner: "ada", fullName: "Ada Park")
        let month = Period(containing: zone.date(of: now))
        let first = month + -13
        clock.set(Zone.utc.start(of: first))
        _ = try desk.perform(
            AddTerms(
                yaml: DemoTerms.yaml(effective: first.firstDay, listRate: "160.00", sells: "148.00"), file: "terms"),
            by: owner)
        let people = try addPeople()
        for client in clients { try add(client, from: first) }
        for index in first.index..<month.index {
            let period = Period(index: index)
            if index == month.index - 5 {
                _ = try desk.perform(
                    AddTerms(
                        yaml: DemoTerms.yaml(effective: period.firstDay, listRate: "165.00", sells: "150.00"),
                        file: "terms"),
                    by: owner)
            }
            try work(in: period, until: period.lastDay)
            // The month before this one waits to be closed.
            guard index < month.index - 1 else { continue }
            clock.set(Zone.utc.start(of: period.next) + Hours(24 + 9))
            for client in clients { _ = try desk.perform(ClosePeriod(client: client.id, period: period), by: owner) }
        }
        try work(in: month, until: zone.date(of: now) + -1)
        try agreeLately()
        try fillTriage()
        clock.set(now)
        return people + [try letIn(ClientID("harbor"), .billing), try letIn(ClientID("nordlys"), .requester)]
    }

    // MARK: Who

    private func addPeople() throws -> [Person] {
        let all = [("ada", "Ada Park", Role.owner), ("ben", "Ben Okafor", .manager), ("chi", "Chi Tran", .agent)]
        return try all.map { id, name, role in
            let email = "\(id)@fernhill.example"
            let password = words(4)
            let token: String
            if id == owner.id {
                _ = try desk.perform(SetEmail(id: id, email: email), by: owner)
                token = try signIn.resetAccess(of: id, by: owner)
            } else {
                token = try signIn.invite(id: id, fullName: name, role: role, email: email, by: owner)
            }
            _ = try signIn.useLink(token, newPassword: password, address: "demo", agent: "demo")
            try signIn.revokeAll(of: id, by: owner)
            return Person(id: id, name: name, role: role.rawValue, email: email, password: password)
        }
    }

    /// Lets a client's contact into the portal.
    private func letIn(_ client: ClientID, _ role: ContactRole) throws -> Person {
        let contacts = try store.read { try Directory($0).contacts(of: client) }
        guard let contact = contacts.first, let email = contact.email else {
            throw StorageError.internalFault("the example client \(client) has no contact")
        }
        let (id, token) = try signIn.inviteContact(
            contact.id, of: client, fullName: contact.name, email: nil, role: role, by: owner)
        let password = words(4)
        _ = try signIn.useLink(token, newPassword: password, address: "demo", agent: "demo")
        try signIn.revokeAll(of: id, by: owner)
        return Person(
            id: id, name: "\(contact.name) at \(client)", role: role.rawValue, email: email, password: password)
    }

    /// A password that can be typed: words that nobody guesses, for they are drawn.
    private func words(_ count: Int) -> String {
        let words = [
            "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper", "kelp", "larch",
            "marsh", "north", "otter", "pebble", "quartz", "river", "slate", "tundra",
        ]
        return randomBytes(count).map { words[Int($0) % words.count] }.joined(separator: "-") + "-\(randomBytes(1)[0])"
    }

    private var clients: [Client] {
        func zone(_ name: String) -> Zone { Zone(identifier: name) ?? .utc }
        let (web, sync) = (ServiceLineID("website-maintenance"), ServiceLineID("integration-support"))
        return [
            Client(
                id: ClientID("harbor"), name: "Harbor Outfitters", zone: zone("America/Los_Angeles"),
                plans: [(PlanID("care-5"), web)], contact: ("Mara Ortiz", "mara@harbor.example"), quarters: 22),
            Client(
                id: ClientID("bakery"), name: "Blue Door Bakery", zone: zone("America/New_York"),
                plans: [(PlanID("care-2"), web)], contact: ("Theo Lund", "theo@bluedoor.example"), quarters: 9),
            Client(
                id: ClientID("nordlys"), name: "Nordlys Lighting", zone: zone("Europe/Oslo"),
                plans: [(PlanID("sync-3"), sync), (PlanID("care-1"), web)],
                contact: ("Ingrid Aas", "ingrid@nordlys.example"), quarters: 10),
            Client(
                id: ClientID("quill"), name: "Quill & Spine Books", zone: zone("Europe/London"),
                plans: [(PlanID("care-2"), web), (PlanID("sync-1"), sync)],
                contact: ("Owen Reid", "owen@quillspine.example"), quarters: 11),
            Client(
                id: ClientID("tanuki"), name: "Tanuki Toys", zone: zone("Asia/Tokyo"), plans: [(PlanID("care-1"), web)],
                contact: ("Yui Mori", "yui@tanuki.example"), quarters: 5),
            Client(
                id: ClientID("acre"), name: "Acre & Vine", zone: zone("Australia/Adelaide"),
                plans: [(PlanID("care-10"), web)], contact: ("Lena Brandt", "lena@acrevine.example"), quarters: 31),
        ]
    }

    private func add(_ client: Client, from first: Period) throws {
        _ = try desk.perform(AddClient(id: client.id, fullName: client.name, zone: client.zone), by: owner)
        _ = try desk.perform(
            AddContact(client: client.id, fullName: client.contact.name, email: client.contact.email), by: owner)
        for (plan, line) in client.plans {
            _ = try desk.perform(
                SignContract(client: client.id, serviceLine: line, plan: plan, from: first.firstDay), by: owner)
        }
    }

    // MARK: Work

    private static let subjects: [(title: String, type: String, note: String)] = [
        ("Images of the new season are slow", "troubleshooting", "Compressed the originals, checked on a phone"),
        ("Gift wrapping at checkout", "custom-development", "Option at checkout, price in the order mail"),
        ("Returns form with labels", "module-installation", "Installed and set up the returns module"),
        ("Text of the delivery page", "content", "New delivery times, in two languages"),
        ("How do we add a discount?", "training", "Call with the shop team, wrote it down for them"),
        ("Search does not find part numbers", "research", "Read the search logs, tried three settings"),
        ("Shop was down at night", "server", "Restarted the database, moved the log files"),
        ("Newsletter sign-up fails", "troubleshooting", "A changed key of the mail service"),
        ("Size guide for shoes", "content", "Table from the supplier's sheet"),
        ("Variants in the wrong order", "troubleshooting", "Sorting field lost in the last update"),
    ]
    private static let syncSubjects: [(title: String, type: String, note: String)] = [
        (
            "Orders of last night are missing", "troubleshooting",
            "Queue stood still after a wrong address, started it again"
        ),
        ("Stock of variants is not synced", "troubleshooting", "Field map lacked the second barcode"),
        ("Round prices to whole kroner", "custom-rule", "Rule with tests on forty sample prices"),
        ("What does the sync log say?", "training", "Went through a week of the log with them"),
        ("ISBN loses its zeros", "research", "The till sends numbers: looked for where to keep text"),
    ]

    /// The same sequence each time.
    private func roll(_ sides: Int) -> Int {
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(dice >> 33) % max(1, sides)
    }

    /// A month's requests and time of all clients, up to a day.
    private func work(in period: Period, until last: CivilDate) throws {
        var facts = Facts()
        // Where it is tomorrow already, a month begins before the last one is closed here: nothing is recorded earlier.
        let earliest = clock.now
        for client in clients {
            for (_, line) in client.plans {
                let isSync = line == ServiceLineID("integration-support")
                let subjects = isSync ? DemoData.syncSubjects : DemoData.subjects
                var left = max(2, client.quarters / client.plans.count + roll(7) - 3)
                while left > 0 {
                    let subject = subjects[roll(subjects.count)]
                    let day = period.firstDay + roll(period.dayCount)
                    let quarters = min(left, 1 + roll(7))
                    left -= quarters
                    // The dice fall the same way whatever day it is: what lies ahead is left out.
                    guard day <= last else { continue }
                    let at = max(earliest, client.zone.start(of: day) + Hours(9 + roll(7)))
                    count += 1
                    let id = RequestID("r-\(count)")
                    facts.requests.append(
                        Request(id: id, client: client.id, serviceLine: line, title: subject.title, recordedAt: at))
                    facts.timeEntries.append(
                        TimeEntry(
                            id: EntryID("e-\(count)"), request: id,
                            person: ["ada", "ben", "chi"][roll(3)], workType: WorkTypeID(subject.type),
                            when: .dated(day, Hours(seconds: quarters * 900)), note: subject.note,
                            recordedAt: at + Hours(2)))
                }
            }
        }
        let latest = (facts.requests.map(\.recordedAt) + facts.timeEntries.map(\.recordedAt)).max()
        guard let latest else { return }
        let known = Instant(seconds: min(latest.seconds, now.seconds - 7200))
        facts.requests.removeAll { $0.recordedAt > known }
        facts.timeEntries.removeAll { $0.recordedAt > known }
        guard !facts.requests.isEmpty else { return }
        clock.set(known)
        _ = try desk.perform(ImportFacts(facts: facts, digest: "\(period)"), by: owner)
        for request in facts.requests {
            _ = try desk.perform(SetRequestState(request: request.id, state: .done), by: owner)
        }
    }

    /// What makes this month worth a look: hours bought, one client over, one about to be.
    private func agreeLately() throws {
        let today = zone.date(of: now)
        clock.set(Instant(seconds: now.seconds - 7000))
        _ = try desk.perform(
            AddProject(id: ProjectID("relaunch"), client: ClientID("harbor"), title: "Shop relaunch"), by: owner)
        _ = try desk.perform(
            BuyBlock(
                client: ClientID("harbor"), scope: .project(ProjectID("relaunch")), hours: Hours(5), boughtOn: today),
            by: owner)
        _ = try desk.perform(
            LogTime(
                request: try request(
                    "bakery", "website-maintenance", "Checkout rejects some cards",
                    "We lost three orders this morning. The bank says it is the shop.", state: .open),
                workType: WorkTypeID("troubleshooting"), given: GivenTime(hours: Hours(2, 45)),
                note: "The payment module sent the wrong country; corrected and tested"),
            by: Actor(id: "ben", role: .manager))
    }

    // MARK: The desk

    /// Opens a request as the client's contact wrote it.
    private func request(
        _ client: String, _ line: String, _ title: String, _ text: String, state: RequestState = .new,
        attachment: NewAttachment? = nil
    )
        throws -> RequestID
    {
        let contact = try store.read { try Directory($0).contacts(of: ClientID(client)).first?.id }
        let opened = try desk.perform(
            OpenRequest(
                client: ClientID(client), serviceLine: ServiceLineID(line), title: title, message: text,
                contact: contact,
                attachments: attachment.map { [$0] } ?? []), by: owner)
        let id = RequestID(opened.id)
        if state == .open || state == .waiting {
            _ = try desk.perform(AcceptRequest(request: id, assignee: "ada"), by: owner)
        }
        if state == .waiting { _ = try desk.perform(SetRequestState(request: id, state: .waiting), by: owner) }
        return id
    }

    private func fillTriage() throws {
        let (web, sync) = ("website-maintenance", "integration-support")
        clock.set(Instant(seconds: now.seconds - 6000))
        let prices = try request(
            "harbor", web, "The blue jacket shows last year's price",
            "Hello,\n\nthe blue jacket shows last year's price since this morning. The sheet I sent has the right one. Can you look before noon?\n\nMara",
            state: .open,
            attachment: NewAttachment(
                name: "prices.csv", content: Array("sku,price\nJKT-BLUE-M,149.00\nJKT-BLUE-L,149.00\n".utf8)))
        clock.set(Instant(seconds: now.seconds - 5400))
        _ = try desk.perform(
            WriteMessage(
                request: prices, text: "Looks like the feed of last night: the old sheet was still in the folder.",
                isInternal: true), by: Actor(id: "ben", role: .manager))
        clock.set(Instant(seconds: now.seconds - 5000))
        _ = try desk.perform(
            WriteMessage(
                request: prices,
                text:
                    "Good morning Mara,\n\nthe right price is in the shop now. The feed had taken last year's sheet; I am looking at why.\n\nAda",
                isInternal: false), by: owner)
        _ = try desk.perform(
            LogTime(
                request: prices, workType: WorkTypeID("troubleshooting"),
                when: .clocked(start: Instant(seconds: clock.now.seconds - 1200), end: clock.now),
                note: "Found last year's sheet in the feed folder"), by: owner)
        _ = try request(
            "quill", web, "Which covers do you want on the author pages?",
            "Please put covers on the author pages. I will send you a list.", state: .waiting)
        clock.set(Instant(seconds: now.seconds - 4200))
        _ = try request(
            "nordlys", sync, "Two orders came in twice",
            "Orders 10421 and 10422 are in the ERP twice since the update on Friday. The customer was charged once. Please check before we ship."
        )
        clock.set(Instant(seconds: now.seconds - 3000))
        _ = try request(
            "tanuki", web, "New banner for the holidays",
            "Could you put up the holiday banner on Monday? Text and picture follow.")
        _ = try request(
            "acre", web, "Wine club page in the menu",
            "The wine club page is ready. It should be the third entry of the menu.",
            attachment: NewAttachment(name: "menu.txt", content: Array("Home\nWines\nWine club\nVisit us\n".utf8)))
        clock.set(Instant(seconds: now.seconds - 1500))
        _ = try request(
            "quill", sync, "Can the till print our labels?",
            "The new label printer at the till stays blank. Is that something you can do?")
        let later = try request(
            "bakery", web, "Opening hours over the new year", "We will be closed for a week. I will tell you which.")
        _ = try desk.perform(SnoozeRequest(request: later, until: zone.date(of: now) + 9), by: owner)
    }
}
