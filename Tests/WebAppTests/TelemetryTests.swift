import Foundation
import Logging
import Metrics
import Testing
import TestSupport

@testable import SiteKit

@Suite("Logs and metrics")
struct TelemetryTests {
    /// Keeps lines.
    private final class Lines: @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [String] = []
        func add(_ line: String) { lock.withLock { lines.append(line) } }
        var all: [String] { lock.withLock { lines } }
    }

    @Test("Each event is one line of JSON, whatever is in it")
    func json() throws {
        let lines = Lines()
        var logger = Logger(label: "test") { label in
            JSONLogHandler(label: label, now: { Date(timeIntervalSince1970: 1_795_442_400.25) }, write: lines.add)
        }
        logger[metadataKey: "route"] = "/clients"
        let odd = "a \"quoted\" \\ line\r\nand another\u{2028}\u{7}é😀"
        logger.warning("\(odd)", metadata: ["who": "\(odd)", "hb.request.id": "1"])
        logger.debug("not at this level")
        #expect(lines.all.count == 1)
        let line = try #require(lines.all.first)
        #expect(line.hasSuffix("}\n"))
        #expect(!line.dropLast().contains { $0.isNewline })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        #expect(object["message"] == odd)
        #expect(object["who"] == odd)
        #expect(object["route"] == "/clients")
        #expect(object["level"] == "warning")
        #expect(object["time"] == "2026-11-23T14:00:00.250Z")
        #expect(object["hb.request.id"] == nil)
    }

    @Test("Metrics are told as Prometheus reads them")
    func prometheus() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "http.requests", dimensions: [("route", "/a\"b\\c\nd"), ("status", "200")])
            .increment(by: 2)
        metrics.makeCounter(label: "http.requests", dimensions: [("route", "/a\"b\\c\nd"), ("status", "200")])
            .increment(by: 3)
        metrics.makeRecorder(label: "open", dimensions: [], aggregate: false).record(Int64(7))
        let timer = metrics.makeTimer(label: "took", dimensions: [("route", "/")])
        for milliseconds: Int64 in [1, 2, 3, 30, 100_000] { timer.recordNanoseconds(milliseconds * 1_000_000) }
        let lines = metrics.text().split(separator: "\n").map(String.init)
        #expect(lines.contains(#"http_requests{route="/a\"b\\c\nd",status="200"} 5"#))
        #expect(lines.filter { $0 == "# TYPE http_requests counter" }.count == 1)
        #expect(lines.contains("open 7.0"))
        #expect(lines.contains("# TYPE took histogram"))
        #expect(lines.contains(#"took_bucket{route="/",le="0.001"} 1"#))
        #expect(lines.contains(#"took_bucket{route="/",le="0.005"} 3"#))
        #expect(lines.contains(#"took_bucket{route="/",le="5.0"} 4"#))
        #expect(lines.contains(#"took_bucket{route="/",le="+Inf"} 5"#))
        #expect(lines.contains(#"took_count{route="/"} 5"#))
        #expect(lines.contains(#"took_sum{route="/"} 100.036"#))
        #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
        // Every line is a comment, or a name with labels and a number.
        for line in lines where !line.hasPrefix("#") {
            #expect(line.firstMatch(of: /^[a-zA-Z_][a-zA-Z0-9_]*(\{.*\})? [-0-9.e+]+$/) != nil, "\(line)")
        }
    }

    @Test("Labels that people choose cannot take all memory")
    func bounded() {
        let metrics = PrometheusMetrics()
        for number in 0..<20_000 { metrics.makeCounter(label: "c", dimensions: [("n", "\(number)")]).increment(by: 1) }
        #expect(metrics.text().split(separator: "\n").filter { $0.hasPrefix("c{") }.count <= 5000)
    }

    @Test("Names have only letters that names may have", arguments: [("a.b-c", "a_b_c"), ("9a", "_9a"), ("", "_")])
    func names(label: String, name: String) {
        #expect(PrometheusMetrics.name(label) == name)
    }

    @Test("A reader of the log that stops keeps nobody waiting; what was dropped is told and counted")
    func stuckLog() throws {
        let gate = DispatchSemaphore(value: 0)
        let written = Lines()
        let dropped = Locked(0)
        let isStuck = Locked(false)
        let log = LogQueue(
            most: 1000, line: { "dropped \($0)\n" }, told: { count in dropped.change { $0 += count } },
            put: { data in
                isStuck.change { $0 = true }
                gate.wait()
                written.add(String(decoding: data, as: UTF8.self))
            })
        log.add("first\n")
        while !isStuck.value { Thread.sleep(forTimeInterval: 0.001) }
        // Nobody reads: 100 of these are kept, and this ends all the same.
        for number in 100..<1000 { log.add("line \(number).\n") }
        #expect(dropped.value == 800)
        log.flush(within: 0.01)
        #expect(written.all == [])
        for _ in 0..<2 { gate.signal() }
        log.flush(within: 60)
        let lines = written.all.joined().split(separator: "\n")
        #expect(lines.first == "first")
        #expect(lines.dropFirst().first == "line 100.")
        #expect(lines.count == 1 + 100 + 1)
        #expect(lines.last == "dropped 800")
        // It goes on.
        gate.signal()
        log.add("last\n")
        log.flush(within: 60)
        #expect(written.all.last == "last\n")
    }
}
