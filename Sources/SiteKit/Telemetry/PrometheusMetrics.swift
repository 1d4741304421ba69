import CoreMetrics
package import Metrics
import Synchronization

/// Counts what happens and tells it in Prometheus' text format (version 0.0.4): a factory for the metrics API that libraries
/// use.
package final class PrometheusMetrics: MetricsFactory, Sendable {
    /// By name and labels.
    private let series = Mutex<[Key: any Series]>([:])
    /// The most series: labels that people choose cannot take all memory.
    private static let most = 5000

    private struct Key: Hashable, Comparable {
        var name: String
        var labels: String

        static func < (a: Key, b: Key) -> Bool { (a.name, a.labels) < (b.name, b.labels) }
    }

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(label, dimensions) { CounterSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
        -> any FloatingPointCounterHandler
    {
        NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(label, dimensions) { GaugeSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        find(label, dimensions) { GaugeSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(label, dimensions) { HistogramSeries() } ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func find<Found: Series>(_ label: String, _ dimensions: [(String, String)], _ make: () -> Found) -> Found? {
        let labels = dimensions.map { "\(PrometheusMetrics.name($0.0))=\"\(PrometheusMetrics.escaped($0.1))\"" }
        let key = Key(name: PrometheusMetrics.name(label), labels: labels.joined(separator: ","))
        return series.withLock { series in
            if let known = series[key] { return known as? Found }
            guard series.count < PrometheusMetrics.most else { return nil }
            let made = make()
            series[key] = made
            return made
        }
    }

    /// Everything counted so far, and what the system says of this process.
    package func text() -> String {
        let all = series.withLock { $0 }.sorted { $0.key < $1.key }
        var text = ""
        var last = ""
        for (key, series) in all {
            if key.name != last { text += "# TYPE \(key.name) \(series.kind)\n" }
            last = key.name
            text += series.lines(key.name, key.labels)
        }
        return text + ProcessFigures.text()
    }

    /// A name with the letters that a name may have.
    package static func name(_ label: String) -> String {
        var name = String(label.unicodeScalars.map { isNameScalar($0) ? Character($0) : "_" })
        if name.first.map({ $0.isNumber }) ?? true { name = "_" + name }
        return name
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }

    package static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// One row of figures.
private protocol Series: AnyObject, Sendable {
    var kind: String { get }
    func lines(_ name: String, _ labels: String) -> String
}

private func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

private final class CounterSeries: Series, CounterHandler, Sendable {
    private let count = Mutex<Int64>(0)
    let kind = "counter"

    func increment(by amount: Int64) { count.withLock { $0 = $0.addingReportingOverflow(amount).partialValue } }
    func reset() { count.withLock { $0 = 0 } }
    func lines(_ name: String, _ labels: String) -> String { "\(name)\(braced(labels)) \(count.withLock { $0 })\n" }
}

private final class GaugeSeries: Series, RecorderHandler, MeterHandler, Sendable {
    private let value = Mutex(0.0)
    let kind = "gauge"

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func lines(_ name: String, _ labels: String) -> String { "\(name)\(braced(labels)) \(value.withLock { $0 })\n" }
}

private final class HistogramSeries: Series, TimerHandler, Sendable {
    private struct Tally {
        var counts = [Int64](repeating: 0, count: bounds.count + 1)
        var sum: Int64 = 0
    }

    /// Upper bounds in milliseconds.
    private static let bounds: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000]
    private let tally = Mutex(Tally())
    let kind = "histogram"

    func recordNanoseconds(_ duration: Int64) {
        let place = HistogramSeries.bounds.firstIndex { duration <= $0 * 1_000_000 } ?? HistogramSeries.bounds.count
        tally.withLock {
            $0.counts[place] += 1
            $0.sum = $0.sum.addingReportingOverflow(duration).partialValue
        }
    }

    func lines(_ name: String, _ labels: String) -> String {
        let (counts, sum) = tally.withLock { ($0.counts, $0.sum) }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        var lines = ""
        for (bound, count) in zip(HistogramSeries.bounds, counts) {
            total += count
            lines += "\(name)_bucket{\(prefix)le=\"\(Double(bound) / 1000)\"} \(total)\n"
        }
        total += counts[HistogramSeries.bounds.count]
        lines += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(total)\n"
        return lines + "\(name)_sum\(braced(labels)) \(Double(sum) / 1e9)\n\(name)_count\(braced(labels)) \(total)\n"
    }
}
