import SiteKit
import Values
import Wording

/// How times, amounts and reasons are written for people.
enum Written {
    /// `23 November 2026, 14:05`, on a zone's clock.
    static func time(_ instant: Instant, in zone: Zone) -> HTML {
        let clock = zone.wallClock(instant)
        let time = clock.split(separator: " ").last.map(String.init) ?? ""
        return "<time datetime=\"\(instant)\">\(zone.date(of: instant).written), \(time.prefix(5))</time>"
    }

    /// `Monday, 23 November 2026`.
    static func day(_ date: CivilDate) -> String {
        let day = date.weekday.rawValue
        return day.prefix(1).uppercased() + day.dropFirst() + ", " + date.written
    }

    /// `on the 27th`.
    static func dayOfMonth(_ date: CivilDate) -> String {
        let day = date.parts.day
        let ending =
            switch day {
            case 1, 21, 31: "st"
            case 2, 22: "nd"
            case 3, 23: "rd"
            default: "th"
            }
        return "\(day)\(ending)"
    }

    /// The first letter large and a full stop at the end.
    static func sentence(_ text: String) -> String {
        let ends = text.hasSuffix(".") || text.hasSuffix("?") || text.hasSuffix("!")
        return text.prefix(1).uppercased() + text.dropFirst() + (ends ? "" : ".")
    }

    /// `1 day`, `3 days`.
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    /// A reason as a tree, all of it open: whoever asked why gets the answer.
    static func reasons(_ explanation: Explanation) -> HTML {
        "<ul class=\"reasons\">\(item(explanation))</ul>"
    }

    private static func item(_ explanation: Explanation) -> HTML {
        let inner: HTML = explanation.because.isEmpty ? .empty : "<ul>\(explanation.because.map(item))</ul>"
        return "<li>\(explanation.text)\(inner)</li>"
    }

    /// A question that opens to its answer.
    static func why(_ question: String = "Why?", _ explanation: Explanation) -> HTML {
        "<details class=\"why\"><summary>\(question)</summary>\(reasons(explanation))</details>"
    }
}
