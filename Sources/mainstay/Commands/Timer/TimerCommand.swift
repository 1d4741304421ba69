import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Terminal
import Values

/// `mainstay timer`.
struct TimerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timer", abstract: "Start and stop your timer.",
        subcommands: [TimerStart.self, TimerStop.self, TimerShow.self])
}

/// `mainstay timer start`.
struct TimerStart: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start your timer on a request.",
        discussion: "Example:\n\n  mainstay timer start r-12 --type troubleshooting")

    @Argument(help: "The request's id.") var request: String
    @Option(help: ArgumentHelp("The work type.", valueName: "id")) var type: String
    @Option(help: "What is done.") var note = ""
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            let started = try desk.start(
                StartTimer(request: RequestID(request), workType: WorkTypeID(type), note: note))
            return ["Your timer runs on \(started.id)."] + started.remarks
        }
    }
}

/// `mainstay timer stop`.
struct TimerStop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop your timer and log its time.",
        discussion: "Example:\n\n  mainstay timer stop --note \"Found the slow query\"")

    @Option(help: "What was done.") var note: String?
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            try desk.told(try desk.stop(StopTimer(note: note)))
        }
    }
}

/// `mainstay timer show`.
struct TimerShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say what your timer runs on, and for how long.",
        discussion: "Example:\n\n  mainstay timer show")

    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            guard let timer = try desk.timer() else {
                return ["Your timer does not run."]
            }
            return ["\(timer.request), \(timer.workType): \(currentInstant() - timer.since) since \(timer.since)"]
        }
    }
}
