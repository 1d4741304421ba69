package import Foundation
package import Logging

/// Writes the log as one JSON object a line, so that programs read it and nothing that people typed can look like a line of
/// its own.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level = .info

    private let label: String
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - now: the clock.
    ///   - write: takes each line, its end included.
    package init(label: String, now: @escaping @Sendable () -> Date, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = ["level": event.level.rawValue, "logger": label, "message": event.message.description]
        // The library's own number of a request says nothing beside ours.
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
        where key != "hb.request.id" {
            fields[key] = value.description
        }
        write(JSONLogHandler.line(fields, at: now()))
    }

    /// A line with its end.
    package static func line(_ fields: [String: String], at now: Date) -> String {
        let time = now.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true))
        var line = "{\"time\":\(quoted(time))"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { line += ",\(quoted(key)):\(quoted(value))" }
        return line + "}\n"
    }

    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default:
                let isPlain =
                    scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) && scalar.value != 0x2028
                    && scalar.value != 0x2029
                if isPlain {
                    quoted.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                }
            }
        }
        return quoted + "\""
    }
}
