import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import SiteKit
@testable import WebApp

@Suite("Answers that nobody reads")
struct UnreadAnswersTests {
    /// A connection of which so many bytes wait to be sent.
    private final class Line {
        let channel = EmbeddedChannel()
        var waiting: Int

        init(_ room: UnreadAnswers.Room, waiting: Int) throws {
            self.waiting = waiting
            try channel.pipeline.syncOperations.addHandler(UnreadAnswers(room) { [unowned self] _ in self.waiting })
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func stop() {
            channel.isWritable = false
            channel.pipeline.fireChannelWritabilityChanged()
        }

        func goOn() {
            channel.isWritable = true
            channel.pipeline.fireChannelWritabilityChanged()
        }

        func pass() { channel.embeddedEventLoop.advanceTime(by: .seconds(30)) }
    }

    private func room(_ most: Int = 1 << 20) -> UnreadAnswers.Room {
        UnreadAnswers.Room(most: most, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("A connection that takes nothing is closed; one that takes a little at a time is not")
    func slow() throws {
        let room = room()
        let (deaf, slow) = (try Line(room, waiting: 500_000), try Line(room, waiting: 500_000))
        deaf.stop()
        slow.stop()
        slow.waiting -= 60_000
        for line in [deaf, slow] { line.pass() }
        #expect(!deaf.channel.isActive)
        #expect(slow.channel.isActive)
        slow.waiting = 0
        slow.goOn()
        slow.pass()
        slow.pass()
        #expect(slow.channel.isActive)
        slow.stop()
        slow.waiting = 100_000
        slow.pass()
        #expect(!slow.channel.isActive)
    }

    @Test("Where all keep too much together, whoever has taken nothing for the longest is closed")
    func together() throws {
        let room = room(1_000_000)
        let lines = try (0..<4).map { _ in try Line(room, waiting: 600_000) }
        func areOpen() -> [Bool] {
            for line in lines { line.channel.embeddedEventLoop.run() }
            return lines.map(\.channel.isActive)
        }
        lines[0].stop()
        #expect(areOpen() == [true, true, true, true])
        lines[1].stop()
        #expect(areOpen() == [false, true, true, true])
        // Whoever took all is not counted any more; one alone may have more than all.
        lines[1].goOn()
        lines[2].waiting = 2_000_000
        lines[2].stop()
        #expect(areOpen() == [false, true, true, true])
        lines[3].stop()
        #expect(areOpen() == [false, true, false, true])
    }
}
