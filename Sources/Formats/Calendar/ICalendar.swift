package import Values

/// A calendar as programs subscribe to it (iCalendar, RFC 5545).
package struct ICalendar: Sendable {
    /// Something on a day, or at a time.
    package struct Event: Hashable, Sendable {
        /// When it is.
        package enum When: Hashable, Sendable {
            /// All day.
            case day(CivilDate)
            /// At an instant.
            case at(Instant)
        }

        /// The same for the same thing each time, and no other's.
        package var id: String
        /// When it is.
        package var when: When
        /// What it is.
        package var title: String
        /// More about it.
        package var text: String
        /// Where to look.
        package var url: String?

        package init(id: String, when: When, title: String, text: String = "", url: String? = nil) {
            self.id = id
            self.when = when
            self.title = title
            self.text = text
            self.url = url
        }
    }

    private let name: String
    private let host: String
    private let events: [Event]

    /// - Parameter host: what makes ids of events no other site's.
    package init(name: String, host: String, events: [Event]) {
        self.name = name
        self.host = host
        self.events = events
    }

    /// The file. Linear in the events.
    package func document(at now: Instant) -> String {
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mainstay//Mainstay//EN", "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH", "NAME:\(ICalendar.escaped(name))", "X-WR-CALNAME:\(ICalendar.escaped(name))",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        ]
        for event in events {
            lines += ["BEGIN:VEVENT", "UID:\(ICalendar.escaped(event.id))@\(host)", "DTSTAMP:\(ICalendar.stamp(now))"]
            switch event.when {
            case .day(let date):
                lines += [
                    "DTSTART;VALUE=DATE:\(ICalendar.digits(date))", "DTEND;VALUE=DATE:\(ICalendar.digits(date + 1))",
                    "TRANSP:TRANSPARENT",
                ]
            case .at(let instant):
                lines += ["DTSTART:\(ICalendar.stamp(instant))", "DTEND:\(ICalendar.stamp(instant))"]
            }
            lines.append("SUMMARY:\(ICalendar.escaped(event.title))")
            if !event.text.isEmpty { lines.append("DESCRIPTION:\(ICalendar.escaped(event.text))") }
            if let url = event.url { lines.append("URL:\(url)") }
            lines.append("END:VEVENT")
        }
        lines.append("END:VCALENDAR")
        return lines.map { ICalendar.folded($0) + "\r\n" }.joined()
    }

    /// Text with what would end it escaped (section 3.3.11); other control characters are left out.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            default: if scalar.value >= 0x20 && scalar.value != 0x7F { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }

    /// A line in pieces of at most 75 bytes, none of which ends inside a character (section 3.1).
    package static func folded(_ line: String) -> String {
        var folded = ""
        var length = 0
        for scalar in line.unicodeScalars {
            let size = String(scalar).utf8.count
            if length + size > 75 {
                folded += "\r\n "
                length = 1
            }
            folded.unicodeScalars.append(scalar)
            length += size
        }
        return folded
    }

    private static func digits(_ date: CivilDate) -> String { "\(date)".replacing("-", with: "") }

    private static func stamp(_ instant: Instant) -> String {
        "\(instant)".replacing("-", with: "").replacing(":", with: "")
    }
}
