import CPostgres
import Foundation

/// Where a PostgreSQL database is, as libpq reads it. It holds the password, and shows everything but that.
struct PostgreSQLAddress: Sendable, CustomStringConvertible {
    /// The address as it was given, password and all.
    private let written: String
    private let host: String?
    private let port: String?
    private let user: String?
    private let database: String?
    /// How long making a connection may take.
    private let patience: Duration

    /// Reads a `postgres://` URL or a libpq connection string.
    ///
    /// libpq's own words about a string it cannot read quote it, and so perhaps the password: they are not passed on.
    ///
    /// - Throws: ``StorageError/cannotOpen(_:fix:)``.
    init(_ written: String) throws {
        guard !written.isEmpty, let options = PQconninfoParse(written, nil) else { throw PostgreSQLAddress.unreadable }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var next = options
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        self.written = written
        host = given["host"] ?? given["hostaddr"]
        port = given["port"]
        user = given["user"]
        database = given["dbname"]
        patience = .seconds(given["connect_timeout"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 10)
        // A password with a bare @ or / in it is cut there, and its rest taken for a host, a port or a database.
        let isCut = [host, database].contains { $0?.contains("@") ?? false }
        let isPort = port?.allSatisfy { $0.isNumber || $0 == "," } ?? true
        guard !isCut, isPort else { throw PostgreSQLAddress.unreadable }
    }

    private static let unreadable = StorageError.cannotOpen(
        "the address of the PostgreSQL database cannot be read",
        fix:
            "write postgres://user:password@host:5432/database, with %40 for @, %2F for / and %25 for % in the password"
    )

    /// The address without a password.
    var description: String {
        let isSocket = host?.hasPrefix("/") ?? false
        return "postgres://" + (user.map { "\($0)@" } ?? "") + (isSocket ? "" : host ?? "")
            + (port.map { ":\($0)" } ?? "") + (database.map { "/\($0)" } ?? "")
            + (isSocket ? "?host=\(host ?? "")" : "")
    }

    /// Makes a connection; the caller ends it.
    ///
    /// - Throws: ``StorageError/cannotOpen(_:fix:)``.
    func connect() throws -> OpaquePointer {
        guard let link = start() else {
            throw StorageError.cannotOpen("\(self) cannot be opened: no memory", fix: "try again")
        }
        // The words of a refusal then begin with its SQLSTATE, which no language changes.
        PQsetErrorVerbosity(link, PQERRORS_VERBOSE)
        PQsetNoticeProcessor(link, { _, _ in }, nil)
        do {
            try finishConnecting(link)
        } catch {
            PQfinish(link)
            throw error
        }
        PQsetErrorVerbosity(link, PQERRORS_DEFAULT)
        return link
    }

    private func start() -> OpaquePointer? {
        // What comes before `dbname` the address may set otherwise; what comes after, it may not.
        let options = [
            ("fallback_application_name", "mainstay"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
            ("dbname", written),
            ("client_encoding", "UTF8"),
        ]
        let keywords = options.map { UnsafePointer(strdup($0.0)) } + [nil]
        let values = options.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        return PQconnectStartParams(keywords, values, 1)
    }

    private func finishConnecting(_ link: OpaquePointer) throws {
        let end = ContinuousClock.now + patience
        var wanted = PGRES_POLLING_WRITING
        while wanted != PGRES_POLLING_OK {
            guard PQstatus(link) != CONNECTION_BAD, wanted != PGRES_POLLING_FAILED else { throw refusal(link) }
            let left = (end - ContinuousClock.now) / .milliseconds(1)
            guard left > 0 else {
                throw StorageError.away(
                    "\(self) does not answer within \(patience)", fix: PostgreSQLAddress.generalFix)
            }
            let events = Int16(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            var waiting = pollfd(fd: PQsocket(link), events: events, revents: 0)
            if poll(&waiting, 1, Int32(left.rounded(.up))) > 0 { wanted = PQconnectPoll(link) }
        }
    }

    private static let generalFix = "check that the server runs and that the address is its"

    /// What the server's refusal means, and what would be right.
    private func refusal(_ link: OpaquePointer) -> StorageError {
        let lines = String(cString: PQerrorMessage(link)).split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        let (state, words) = PostgreSQLAddress.state(in: lines.joined(separator: " "))
        let what = "\(self) cannot be opened: \(words)"
        if PQconnectionNeedsPassword(link) != 0 {
            return .cannotOpen(what, fix: "give the password in the address, in PGPASSWORD or in ~/.pgpass")
        }
        return switch state {
        case "28P01", "28000":
            .cannotOpen(what, fix: "check the user and the password, in the address, in PGPASSWORD or in ~/.pgpass")
        case "3D000": .cannotOpen(what, fix: "make it with createdb, or name another")
        case "53300": .away(what, fix: "stop another program that uses the server, or raise its max_connections")
        case "57P03": .away(what, fix: "wait until the server has started")
        default: .away(what, fix: PostgreSQLAddress.generalFix)
        }
    }

    /// The last SQLSTATE in a message in libpq's verbose form, and the message without it.
    private static func state(in message: String) -> (state: String?, words: String) {
        var state: String?
        let words = message.replacing(#/: {2}([0-9A-Z]{5}): /#) { match in
            state = String(match.1)
            return ": "
        }
        return (state, words.trimmingCharacters(in: .whitespaces))
    }
}
