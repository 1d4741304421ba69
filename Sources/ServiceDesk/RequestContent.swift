package import Agreements
import Crypto
import Foundation
import Values

/// All that somebody asked for, in one form: the same request reads the same whenever and wherever it is made, and another one
/// never reads like it. An idempotency key stands for it.
///
/// Neither the clock nor chance is in it: what is "now" an operation takes from the desk while it is performed, and salts,
/// secrets and tokens are made for each try anew.
package struct RequestContent: Hashable, Sendable {
    private var texts: [String: String] = [:]

    /// In the order of the names, each text behind its length.
    package var text: String {
        texts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.utf8.count):\($0.value)\n" }.joined()
    }

    /// What tells it from others, of 32 bytes.
    package var digest: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}

extension RequestContent: ExpressibleByDictionaryLiteral {
    /// Its fields, each with its name; what was left out is nil.
    package init(dictionaryLiteral fields: (String, (any RequestValue)?)...) {
        for (name, value) in fields { texts[name] = value?.requestText }
    }
}

/// What a field of a request may hold: a value that has one text, of which no other value has the same.
package protocol RequestValue { var requestText: String { get } }

extension RequestValue where Self: CustomStringConvertible { package var requestText: String { description } }

extension String: RequestValue { package var requestText: String { self } }
extension Int: RequestValue {}
extension Bool: RequestValue {}
extension Identifier: RequestValue {}
extension CivilDate: RequestValue {}
extension Period: RequestValue {}
extension Instant: RequestValue {}
extension Hours: RequestValue {}
extension Money: RequestValue { package var requestText: String { "\(currency.code) \(minorUnits)" } }
extension HourlyRate: RequestValue { package var requestText: String { perHour.requestText } }
extension Zone: RequestValue { package var requestText: String { identifier } }
extension NewAttachment: RequestValue {}
extension RequestContent: RequestValue { package var requestText: String { text } }

extension Array: RequestValue where Element: RequestValue {
    package var requestText: String { map(\.requestText).map { "\($0.utf8.count):\($0)" }.joined(separator: " ") }
}

extension Set: RequestValue where Element: RequestValue {
    /// A set has no order of its own.
    package var requestText: String {
        map(\.requestText).sorted().map { "\($0.utf8.count):\($0)" }.joined(separator: " ")
    }
}

extension GivenTime: RequestValue {
    package var requestText: String {
        let content: RequestContent = ["date": date, "hours": hours, "clock": clock, "start": start, "end": end]
        return content.text
    }
}

extension Block.Scope: RequestValue {
    package var requestText: String {
        switch self {
        case .project(let project): "project \(project)"
        case .serviceLine(let line): "line \(line)"
        case .client: "client"
        }
    }
}
