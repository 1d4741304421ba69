import Agreements
import ArgumentParser
import Database
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay mail-in take`, or without the word.
struct MailInTake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take", abstract: "Take one mail from standard input; this is what mail-in does by itself.")

    @Option(
        help: ArgumentHelp(
            "The service line of new requests; that of the client's first contract if left out.", valueName: "id"))
    var line: String?
    @Option(
        help: ArgumentHelp(
            "Take only mail for which this server of yours notes dmarc=pass in Authentication-Results, or that answers a mail of ours.",
            valueName: "server"))
    var verifiedBy: String?
    @Option(
        help: ArgumentHelp(
            "sqlite:PATH or postgres://HOST/NAME; else MAINSTAY_DATABASE, else the configuration file.",
            valueName: "url"))
    var database: String?

    /// The largest mail, in bytes, as it comes over the wire.
    static let largest = 64 << 20

    func validate() throws { try DatabaseOptions.checkDatabase(database) }

    func run() throws {
        do {
            let mail = try MailInTake.read(.standardInput)
            let desk = try openDesk(Configuration(database: database, user: nil))
            let offered = try desk.store.read(desk.store.terms).offered(on: Zone.utc.date(of: desk.now))
            if let line, offered.serviceLines[ServiceLineID(line)] == nil {
                throw MailInEnd(code: .later, "the terms have no service line \"\(line)\"")
            }
            let intake = MailIntake(
                desk: desk, rules: .init(serviceLine: line.map { ServiceLineID($0) }, verifiedBy: verifiedBy))
            try end(try intake.take(mail))
        } catch let end as MailInEnd {
            remark("mainstay: \(end.reason)")
            throw ExitCode(end.code.rawValue)
        } catch {
            // Nothing may be lost because a disk is full or a database restarts: it comes again.
            let isOurs = if case StorageError.internalFault = error { true } else { false }
            let isShown = !isOurs || ProcessInfo.processInfo.environment["MAINSTAY_DEBUG"] != nil
            remark("mainstay: the mail could not be filed now\(isShown ? ": \(error)" : "")")
            throw ExitCode(MailInEnd.Code.later.rawValue)
        }
    }

    private func end(_ outcome: MailIntake.Outcome) throws(MailInEnd) {
        switch outcome {
        case .opened(let request): put(["\(request) is opened."])
        case .answered(let request): put(["It is filed on \(request)."])
        case .ignored(let why): put(["Nothing was done: \(printable(why))."])
        case .waiting(let why): put(["It waits for staff: \(why)."])
        case .refused(.unknownSender): throw MailInEnd(code: .unknownSender, "\(MailRefusal.unknownSender)")
        case .refused(.nothingInIt): throw MailInEnd(code: .unreadable, "\(MailRefusal.nothingInIt)")
        case .refused(let why): throw MailInEnd(code: .refused, "\(why)")
        case .later: throw MailInEnd(code: .later, "too many mails came from this sender within an hour")
        }
    }

    /// Reads a mail, which may be large, by way of a file without a name.
    private static func read(_ input: FileHandle) throws -> IncomingMail {
        guard let file = tmpfile() else { throw MailInEnd(code: .later, "there is no room for the mail") }
        defer { fclose(file) }
        var size = 0
        while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
            size += piece.count
            guard size <= largest else {
                throw MailInEnd(
                    code: .unreadable, "the mail is larger than \(largest >> 20) MB: send a link to what is in it")
            }
            guard piece.withUnsafeBytes({ fwrite($0.baseAddress, 1, $0.count, file) }) == piece.count else {
                throw MailInEnd(code: .later, "there is no room for the mail")
            }
        }
        guard fflush(file) == 0 else { throw MailInEnd(code: .later, "there is no room for the mail") }
        rewind(file)
        return try MailInRead.read(FileHandle(fileDescriptor: fileno(file)))
    }
}

/// How the program ends where a mail is not filed, in words for its sender.
struct MailInEnd: Error {
    /// The codes of sysexits.h.
    enum Code: Int32 {
        case unreadable = 65
        case unknownSender = 67
        case later = 75
        case refused = 77
    }

    let code: Code
    let reason: String

    init(code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
