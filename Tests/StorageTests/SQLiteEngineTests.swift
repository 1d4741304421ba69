import Database
import Foundation
import Testing

@Suite("SQLite engine")
struct SQLiteEngineTests {
    @Test("A commit waits for the disk")
    func synchronous() throws {
        let engine = try SQLiteEngine(path: NSTemporaryDirectory() + UUID().uuidString + ".sqlite", mayCreate: true)
        #expect(try engine.synchronous() == 2)
    }
}
