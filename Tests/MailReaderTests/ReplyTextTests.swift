import Exchange
import Testing

@Suite("What somebody wrote in an answer")
struct ReplyTextTests {
    /// An answer, and what of it is its sender's.
    static let answers: [(String, String)] = [
        (
            "It works now.\n\nOn Mon, 23 Nov 2026 at 10:02, Ari <ari@agency.example> wrote:\n\n> Please try\n> again\n",
            "It works now."
        ),
        // Broken over lines, as Gmail does.
        (
            "Yes\n\nOn Mon, 23 Nov 2026 at 10:02, Support Desk of the Agency\n<desk@agency.example> wrote:\n> a\n>> b\n",
            "Yes"
        ),
        ("Ja, danke.\n\nAm 23.11.26 um 10:02 schrieb Ari:\n> Bitte\n", "Ja, danke."),
        ("Oui\n\nLe lun. 23 nov. 2026 à 10:02, Ari <ari@agency.example> a écrit :\n\n> Bonjour\n", "Oui"),
        // Outlook.
        (
            "Done\n\nFrom: Ari <ari@agency.example>\nSent: Monday, November 23, 2026 10:02\nTo: Anna\nSubject: RE: x\n\nPlease",
            "Done"
        ),
        ("Fertig\n\n-----Ursprüngliche Nachricht-----\nVon: Ari\nGesendet: Montag\nAn: Anna\n\nBitte", "Fertig"),
        ("Ok\n________________________________\nFrom: Ari\nDate: Monday\nTo: Anna\nSubject: x\nold", "Ok"),
        ("*Here*\n\n*From:* Ari\n*Sent:* Monday\n*To:* Anna\n*Subject:* x\n\nold", "*Here*"),
        // Our own marker, whatever the program made of the rest.
        (
            "New words\n\nOn 23.11.2026 10:02, Desk wrote:\n> — Write your answer above this line —\n> Hello\nbroken quote",
            "New words"
        ),
        (
            "— Write your answer above this line —\nnothing of mine",
            "— Write your answer above this line —\nnothing of mine"
        ),
        // Below the quote.
        ("On Mon, 23 Nov 2026, Ari wrote:\n> Which shop?\n\nThe one in Oslo.\n", "The one in Oslo."),
        ("Am 23.11.26 schrieb Desk:\n> \(ReplyText.marker)\n> \n> Which?\n\nOslo.\n-- \nAnna", "Oslo."),
        // Between quotes: each belongs to the line above it.
        ("> Which shop?\nOslo.\n> Since when?\nMonday.", "> Which shop?\nOslo.\n> Since when?\nMonday."),
        // Signatures.
        ("Thanks\n-- \nAnna\nAcme, 555 0100", "Thanks"),
        ("Thanks\n\nSent from my iPhone", "Thanks"),
        ("Thanks\n\nOn 23 Nov 2026, Ari wrote:\n> a\n\n-- \nAnna", "Thanks"),
        ("Query:\n--\na\nb\nc\nd\ne\nf\ng", "Query:\n--\na\nb\nc\nd\ne\nf\ng"),
        // What is no quote.
        ("The log says: x > y\n-- and stops", "The log says: x > y\n-- and stops"),
        ("She wrote:\nplease mend it", "She wrote:\nplease mend it"),
        ("From: here\nto there", "From: here\nto there"),
        ("----------\nTable\n----------", "----------\nTable\n----------"),
        ("", ""), ("\n \n", ""), ("\n\nx\n\n", "x"), ("> a\n-- \nAnna", "> a\n-- \nAnna"),
        ("> only a quote", "> only a quote"),
    ]

    @Test("Quotes and signatures go, what was written stays", arguments: answers)
    func written(text: String, expected: String) { #expect(ReplyText.written(text) == expected) }

    @Test("No text is too strange, and nothing is invented")
    func random() {
        let pieces = [
            "> ", "\n", "From: a", "To: b", "Subject: c", "Sent: d", "-- ", "wrote:", "1", "Hi ",
            "____________________", ReplyText.marker, " ",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<30, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }
            .joined()
            let lines = Set(text.split(separator: "\n").map { $0.filter { !$0.isWhitespace } })
            let own = ReplyText.written(text).split(separator: "\n").map { $0.filter { !$0.isWhitespace } }
            #expect(own.allSatisfy(lines.contains), "\(text)")
        }
    }
}

@Suite("Plain text of mails")
struct PlainTextTests {
    @Test("Lines that flow are one; signatures and quotes keep theirs")
    func flowed() {
        let text = "One long \nline.\n> quoted \n> on\nnext\n-- \nAnna"
        #expect(PlainText.unflowed(text, false) == "One long line.\n> quoted on\nnext\n-- \nAnna")
        #expect(PlainText.unflowed("日本 \n語", true) == "日本語")
        #expect(PlainText.unflowed(" >not a quote\n From here", false) == ">not a quote\nFrom here")
    }

    @Test("Control characters go, line ends are one kind")
    func cleaned() {
        #expect(PlainText.cleaned("a\r\nb\rc\u{1B}[31m\u{0}\u{85}d\u{A0}e\u{FEFF}\tf") == "a\nb\nc[31md e\tf")
    }
}
