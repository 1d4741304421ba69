import Database
import Foundation
import Testing
import TestSupport

@Suite("Addresses of databases")
struct DatabaseURLTests {
    /// What opening says; nil where it opens.
    private func refusal(_ url: String, mayCreate: Bool = true) -> (what: String, fix: String)? {
        do {
            _ = try Database.open(url: url, mayCreate: mayCreate)
            Issue.record("\(Database.printable(url)) opens")
        } catch StorageError.cannotOpen(let what, let fix) {
            return (what, fix)
        } catch StorageError.away(let what, let fix) {
            return (what, fix)
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    private func temporary() throws -> String {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    // MARK: SQLite

    @Test("A SQLite file is made where it may be, and opened after")
    func makes() throws {
        let folder = try temporary()
        let url = "sqlite:\(folder)/mainstay.sqlite"
        #expect(refusal(url, mayCreate: false)?.fix.contains("mainstay setup") == true)
        #expect(!FileManager.default.fileExists(atPath: folder + "/mainstay.sqlite"))
        try Database.open(url: url, mayCreate: true).write { try $0.runScript("CREATE TABLE a (b INTEGER)") }
        try Database.open(url: url, mayCreate: false).write { _ = try $0.run("INSERT INTO a VALUES (1)") }
        _ = try Database.open(url: "sqlite://\(folder)/mainstay.sqlite", mayCreate: false)
    }

    @Test("A file that is no database is not touched")
    func noDatabase() throws {
        let path = try temporary() + "/notes.txt"
        let notes = String(repeating: "These are notes, not a database. ", count: 100)
        try notes.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(refusal("sqlite:\(path)")?.what.contains("is no SQLite database") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == notes)
    }

    @Test("A folder is no file")
    func folder() throws {
        #expect(refusal("sqlite:\(try temporary())")?.what.hasSuffix("is a folder") == true)
    }

    @Test("A file that cannot be made", arguments: ["/proc/x.sqlite", "/no/such/folder/x.sqlite"])
    func unmakeable(_ path: String) {
        #expect(refusal("sqlite:\(path)") != nil)
    }

    // MARK: Neither

    @Test(
        "Garbage is refused, saying what is right",
        arguments: [
            "", "mainstay.sqlite", "/var/lib/mainstay.sqlite", "sqlite", "sqlite:", "sqlite://host/file",
            "sqlite::memory:",
            "sqlite:file:x?mode=memory", "mysql://root@localhost/x", "host=localhost", "\u{0}", "postgres:", "SQLITE:x",
        ])
    func garbage(_ url: String) throws {
        #expect(try #require(refusal(url)).fix.contains("sqlite:mainstay.sqlite"))
    }

    // MARK: PostgreSQL

    @Test(
        "An address that cannot be read shows no part of itself",
        arguments: [
            "postgres://ann:hunter2/x@host/db", "postgres://ann:hunt@er2@host/db", "postgres://ann:hunter2%@host/db",
            "postgres://ann:hunter2%zz@host/db", "postgres://ann:p@[hunter2/db", "postgres://ann:hunter2",
            "postgres://ann:x@host:hunter2/db", "postgres://ann:x@host/db?hunter2",
            "postgres://ann:x@host/db?hunter2=1",
            "postgres://ann:123/hunter2@host/db",
        ])
    func unreadable(_ url: String) throws {
        let found = try #require(refusal(url))
        #expect(!(found.what + found.fix + Database.printable(url)).contains("hunt"))
        #expect(found.fix.contains("postgres://user:password@host:5432/database"))
    }

    @Test("No server is said within seconds, without the password")
    func noServer() throws {
        let found = try #require(refusal("postgres://ann:hunter2@127.0.0.1:1/db"))
        #expect(found.what.contains("postgres://ann@127.0.0.1:1/db"))
        #expect(!found.what.contains("hunter2"))
        #expect(found.fix.contains("check that the server runs"))
    }

    @Test("A server that does not answer is given up")
    func silent() throws {
        // A socket that listens and never speaks.
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(bind(socket, address, length) == 0 && listen(socket, 1) == 0)
                getsockname(socket, address, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        let found = try #require(refusal("postgres://ann:hunter2@127.0.0.1:\(port)/db?connect_timeout=1"))
        #expect(found.what.contains("does not answer"))
    }

    @Test("A wrong password, no password, no such user", arguments: EngineKind.testedServers)
    func wrongPassword(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        for setting in ["password=hunter2", "user=nobody&password=hunter2"] {
            let found = try #require(refusal(TestEngines.changing(engines.url, setting)))
            #expect(found.what.contains("password authentication failed"))
            #expect(!found.what.contains("hunter2"))
            #expect(found.fix.contains("check the user and the password"))
        }
        let bare = Database.printable(engines.url)
        #expect(refusal(bare)?.fix.contains("PGPASSWORD") == true)
    }

    @Test("No such database", arguments: EngineKind.testedServers)
    func noSuchDatabase(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let found = try #require(refusal(TestEngines.changing(engines.url, "dbname=none")))
        #expect(found.what.contains("does not exist"))
        #expect(found.fix.contains("createdb"))
    }

    @Test("A database that keeps other text", arguments: EngineKind.testedServers)
    func otherEncoding(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let server = try PostgreSQLConnection(url: engines.url)
        let name = "mainstay_latin_\(UUID().uuidString.prefix(8).lowercased())"
        try server.runScript(
            "CREATE DATABASE \(name) ENCODING LATIN1 LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
        defer { try? server.runScript("DROP DATABASE \(name) WITH (FORCE)") }
        #expect(refusal(TestEngines.changing(engines.url, "dbname=\(name)"))?.what.contains("UTF-8") == true)
    }

    // MARK: Printing

    @Test(
        "An address is shown without its password",
        arguments: [
            ("postgres://ann:hunter2@host:5432/db", "postgres://ann@host:5432/db"),
            ("postgresql://ann:hunter2@host/db?sslmode=require", "postgres://ann@host/db"),
            ("postgres://ann@/db?host=/run/pg&password=hunter2", "postgres://ann@/db?host=/run/pg"),
            ("postgres://host/db?pass%77ord=hunter2", "postgres://host/db"),
            ("postgres://ann:hun@ter2@host/db", "postgres://…"),
            ("sqlite:mainstay.sqlite", "sqlite:mainstay.sqlite"),
            ("mainstay.sqlite", "mainstay.sqlite"),
            ("mysql://ann:hunter2@host/db", "mysql://…"),
            ("host=x password=hunter2", "…"),
        ])
    func printable(_ url: String, _ shown: String) {
        #expect(Database.printable(url) == shown)
    }
}
