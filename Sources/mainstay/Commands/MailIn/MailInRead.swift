import ArgumentParser
import Exchange
import Foundation
import MailReader
import ServiceDesk
import Terminal

/// `mainstay mail-in read`: takes a mail apart, in a process of its own, which may end where a mail is made to break it. What
/// is read goes to standard output for the process that files it.
struct MailInRead: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Take a mail apart, for mail-in itself.", shouldDisplay: false)

    /// How many seconds of work a mail may cost, and how many bytes of memory.
    private static let (mostSeconds, mostMemory) = (30, 4 << 30)

    func run() throws {
        limit(__rlimit_resource_t(RLIMIT_CPU.rawValue), MailInRead.mostSeconds)
        limit(__rlimit_resource_t(RLIMIT_AS.rawValue), MailInRead.mostMemory)
        // A mail that breaks it is no fault of ours to be looked into.
        limit(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0)
        do {
            let mail = try MailReader.read(
                descriptor: FileHandle.standardInput.fileDescriptor, largestFile: AttachmentRules.largest)
            try FileHandle.standardOutput.write(contentsOf: MailWire(mail).data)
        } catch let unreadable as MailReader.Unreadable {
            write("\(unreadable)")
            throw ExitCode(MailInEnd.Code.unreadable.rawValue)
        }
    }

    private func limit(_ resource: __rlimit_resource_t, _ most: Int) {
        var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
        setrlimit(resource, &limit)
    }

    /// Has a mail read by such a process.
    ///
    /// - Parameter file: the mail, open at its beginning.
    /// - Throws: ``MailInEnd``.
    static func read(_ file: FileHandle) throws -> IncomingMail {
        let answer = try NamelessFile()
        // A crash is an answer here: nobody waits for its trace.
        let process = ChildProcess(
            URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path, ["mail-in", "read"],
            environment: ChildEnvironment.of(ProcessInfo.processInfo.environment)
                .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 })
        let end = try process.run(
            input: file.fileDescriptor, output: answer.descriptor, patience: Double(4 * mostSeconds))
        lseek(answer.descriptor, 0, SEEK_SET)
        let data = try FileHandle(fileDescriptor: answer.descriptor).readToEnd() ?? Data()
        switch end {
        case .exited(0): return try MailWire(data: data).mail
        case .exited(MailInEnd.Code.unreadable.rawValue):
            throw MailInEnd(code: .unreadable, String(decoding: data, as: UTF8.self))
        default: throw MailInEnd(code: .unreadable, "the mail cannot be read: write it anew, in plain words")
        }
    }
}

/// A mail as it goes from one process to the other.
private struct MailWire: Codable {
    private struct File: Codable {
        var name: String
        var content: Data?
        var size: Int
        var isOfText: Bool
    }

    private var id: String?
    private var date: String?
    private var references: [String]
    private var sender: String
    private var subject: String
    private var text: String
    private var written: String
    private var files: [File]
    private var automatic: String?
    private var authenticationResults: [String]

    init(_ mail: IncomingMail) {
        id = mail.id
        date = mail.date
        references = mail.references
        sender = mail.sender
        subject = mail.subject
        text = mail.text
        written = mail.written
        files = mail.files.map {
            File(name: $0.name, content: $0.content.map { Data($0) }, size: $0.size, isOfText: $0.isOfText)
        }
        automatic = mail.automatic
        authenticationResults = mail.authenticationResults
    }

    init(data: Data) throws { self = try PropertyListDecoder().decode(MailWire.self, from: data) }

    var data: Data {
        get throws {
            let encoder = PropertyListEncoder()
            encoder.outputFormat = .binary
            return try encoder.encode(self)
        }
    }

    var mail: IncomingMail {
        IncomingMail(
            id: id, date: date, references: references, sender: sender, subject: subject, text: text, written: written,
            files: files.map {
                .init(name: $0.name, content: $0.content.map { Array($0) }, size: $0.size, isOfText: $0.isOfText)
            },
            automatic: automatic, authenticationResults: authenticationResults)
    }
}
