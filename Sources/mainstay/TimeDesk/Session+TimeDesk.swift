import Agreements
import Rating
import ServiceDesk
import Values

/// The database here.
extension Session: TimeDesk {
    func client(of request: RequestID) throws -> ClientID { try self.request(request).client }

    func request(of entry: EntryID) throws -> RequestID {
        try desk.preview(by: actor) { try $0.entry(entry).entry.request }
    }

    func outcome(_ entry: EntryID) throws -> EntryOutcome {
        try desk.preview(by: actor) { try EntryOutcome($0, entry) }
    }

    func timer() throws -> (request: RequestID, workType: WorkTypeID, since: Instant)? {
        try read { try Timers($0).running(of: actor.id) }.map { ($0.request, $0.workType, $0.since) }
    }

    func log(_ time: LogTime) throws -> Recorded { try perform(time) }
    func log(line: String) throws -> (understood: String, Recorded) {
        let logged = try perform(LogTimeLine(line: line))
        return (logged.understood, logged.recorded)
    }
    func correct(_ correction: CorrectTime) throws -> Recorded { try perform(correction) }
    func void(_ void: VoidTime) throws -> Recorded { try perform(void) }
    func give(_ courtesy: GiveCourtesy) throws -> Recorded { try perform(courtesy) }
    func approve(_ approval: ApproveTime) throws -> Recorded { try perform(approval) }
    func start(_ timer: StartTimer) throws -> Recorded { try perform(timer) }
    func stop(_ timer: StopTimer) throws -> Recorded { try perform(timer) }
}
