import CSpawn
import Foundation

/// Runs another program to its end. Foundation's `Process` keeps a descriptor for each program that it ever ran.
package struct ChildProcess {
    /// How a program ended.
    package enum End: Hashable, Sendable {
        /// By itself, with a code.
        case exited(Int32)
        /// By a signal.
        case signalled(Int32)
        /// It did not end in time, and was ended.
        case outOfTime
    }

    /// Why a program was not run.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        init(_ what: String, _ code: Int32) { description = "\(what): \(String(cString: strerror(code)))" }
    }

    private let program: String
    private let arguments: [String]
    private let environment: [String: String]

    /// - Parameters:
    ///   - program: its path.
    ///   - environment: all that it gets of one.
    package init(_ program: String, _ arguments: [String], environment: [String: String]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs it and waits for its end, at most so many seconds. It has no open file of ours but those given, and signals mean
    /// to it what they usually do.
    ///
    /// - Parameters:
    ///   - input: the descriptor of its standard input.
    ///   - output: that of its standard output; nil for nowhere.
    /// - Throws: ``Failure`` where it cannot be started.
    package func run(input: Int32, output: Int32? = nil, patience: Double) throws -> End {
        let id = try start(input: input, output: output)
        let deadline = ContinuousClock.now + .seconds(patience)
        var pause = 0.001
        while true {
            if let end = ended(id, WNOHANG) { return end }
            guard ContinuousClock.now < deadline else { break }
            Thread.sleep(forTimeInterval: pause)
            pause = min(2 * pause, 0.02)
        }
        // It leads a group of its own: what it started ends with it. Until it is waited for, its number stays the group's.
        kill(-id, SIGTERM)
        Thread.sleep(forTimeInterval: 1)
        kill(-id, SIGKILL)
        _ = ended(id, 0)
        return .outOfTime
    }

    private func start(input: Int32, output: Int32?) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A server blocks or ignores some signals; who inherited that could not be ended.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGTERM] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let settings = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var id = pid_t()
        let code = posix_spawn(&id, program, &actions, &attributes, words, settings)
        guard code == 0 else { throw Failure("\(program) cannot be started", code) }
        return id
    }

    /// How it ended; nil where it has not.
    private func ended(_ id: pid_t, _ options: Int32) -> End? {
        var status: Int32 = 0
        while true {
            let found = waitpid(id, &status, options)
            if found == id { break }
            guard found < 0 else { return nil }
            // Nobody else waits for it; if it is gone all the same, nothing is known of its end.
            guard errno == EINTR else { return .exited(-1) }
        }
        // The low seven bits are the signal; of a program that ended by itself there is none, and its code stands above.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }
}

/// A file without a name, for what another program reads or writes.
package struct NamelessFile: ~Copyable {
    /// Its descriptor.
    package let descriptor: Int32

    /// A file with a text in it, to be read from its beginning. A pipe would kill this program where the other does not read.
    ///
    /// - Throws: ``ChildProcess/Failure`` where there is no room for it, or no descriptor.
    package init(_ text: String = "") throws {
        var name = Array((NSTemporaryDirectory() + "mainstay-XXXXXX").utf8CString)
        descriptor = mkostemp(&name, O_CLOEXEC)
        guard descriptor >= 0 else { throw ChildProcess.Failure("no file can be made for it", errno) }
        unlink(name)
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw ChildProcess.Failure("there is no room for it in \(NSTemporaryDirectory())", errno)
            }
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
