import Foundation
import Testing

@testable import ServiceDesk

@Suite("Programs that the server starts")
struct ChildProcessTests {
    /// Runs a shell's words; how it ended and what it printed.
    private func run(_ words: String, input: String = "", patience: Double = 60) throws -> (
        end: ChildProcess.End, text: String
    ) {
        let given = try NamelessFile(input)
        let printed = try NamelessFile()
        let process = ChildProcess("/bin/sh", ["-c", words], environment: ["PATH": "/usr/bin:/bin"])
        let end = try process.run(input: given.descriptor, output: printed.descriptor, patience: patience)
        lseek(printed.descriptor, 0, SEEK_SET)
        let data = try FileHandle(fileDescriptor: printed.descriptor).readToEnd() ?? Data()
        return (end, String(decoding: data, as: UTF8.self))
    }

    @Test("What it is given and what it says, and how it ends")
    func ends() throws {
        let (end, text) = try run("cat; exit 7", input: "one\ntwo\n")
        #expect(end == .exited(7))
        #expect(text == "one\ntwo\n")
        #expect(try run("kill -9 $$").end == .signalled(9))
        #expect(throws: ChildProcess.Failure.self) {
            let file = try NamelessFile()
            _ = try ChildProcess("/no/such/program", [], environment: [:]).run(input: file.descriptor, patience: 1)
        }
    }

    @Test("It has no open file of the server's, and no setting that it was not given")
    func inherits() throws {
        // One without close-on-exec, as libraries open them.
        let ours = open("/dev/null", O_RDONLY)
        defer { close(ours) }
        // By the shell alone: while it makes a pipe, it has files of its own.
        let (_, text) = try run("for f in /proc/$$/fd/?; do [ -e $f ] && echo ${f##*/}; done; env | grep -c HOME")
        #expect(text == "0\n1\n2\n0\n")
        #expect(try run("test -e /proc/$$/fd/\(ours)").end == .exited(1))
    }

    @Test("It can be ended, with all that it started, though the server ignores signals")
    func ended() throws {
        let before = signal(SIGTERM, SIG_IGN)
        defer { signal(SIGTERM, before) }
        let file = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (end, _) = try run("sleep 600 & echo $! > \(file); wait", patience: 0.5)
        #expect(end == .outOfTime)
        let child = try #require(
            Int32(try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        // Whoever looks after orphans may not have taken it yet: it is gone, or dead.
        let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? "gone"
        #expect(state == "gone" || state.contains(") Z ") || state.contains(") X "))
    }

    @Test("Mail leaves no file open")
    func mail() {
        let mail = MailCommand(command: ["/bin/true"], sender: "desk@agency.example")
        func files() -> Int {
            // Of a file of ours, and of sockets to programs; other tests open others.
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
        }
        let before = files()
        for _ in 0..<300 { #expect(mail.deliver("Subject: One\n\nTwo\n", to: "a@b.example") == nil) }
        // Tests beside this one open some too, and close them.
        #expect(files() - before < 200)
        #expect(
            MailCommand(command: ["/bin/false"], sender: "a@b.example").deliver("", to: "c@d.example")
                == "the mail command ended with 1")
    }
}
