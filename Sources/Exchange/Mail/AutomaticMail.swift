/// Tells mail of machines from mail of people: nobody answers a machine, or the two would never stop (RFC 3834).
package enum AutomaticMail {
    /// Why a mail is from a machine; nil where a person wrote it.
    ///
    /// - Parameters:
    ///   - header: gives the value of a header by its name; nil where the mail has none of it.
    ///   - sender: the address that it is from.
    ///   - mediaType: `text/plain`, of the whole mail.
    package static func reason(header: (String) -> String?, sender: String, mediaType: String) -> String? {
        if let value = word(header("Auto-Submitted")), value != "no" { return "it says that it is \(value)" }
        if let value = word(header("Precedence")), ["bulk", "junk", "list", "auto_reply"].contains(value) {
            return "its precedence is \(value)"
        }
        if header("List-Id") != nil { return "it is from a mailing list" }
        if header("X-Autoreply") != nil || header("X-Autorespond") != nil { return "it is an automatic answer" }
        if header("Return-Path")?.filter({ !$0.isWhitespace }) == "<>" { return "it is from no one, as bounces are" }
        if mediaType.lowercased() == "multipart/report" { return "it reports on another mail" }
        let name = sender.prefix { $0 != "@" }.lowercased()
        if machines.contains(name) { return "it is from \(name)" }
        return nil
    }

    private static let machines: Set<String> = [
        "mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "bounces",
    ]

    /// The first word of a value, in small letters.
    private static func word(_ value: String?) -> String? {
        value?.split { $0 == ";" || $0.isWhitespace }.first.map { $0.lowercased() }
    }
}
