import Exchange
import Foundation
import Values

/// What of a mail is kept: its words and the files that are taken, and a word about those that are not.
struct MailContent {
    /// What the request is called.
    let title: String
    /// Whether the mail says so, in its subject.
    let hasTitle: Bool
    /// The words; nil where there are none.
    let text: String?
    /// The whole mail, where the words are a part of it: what is quoted may have answers in it.
    let whole: String?
    /// The files that are taken.
    let files: [NewAttachment]

    /// - Parameters:
    ///   - isAnswer: takes what its sender wrote alone; a mail that opens a request is kept whole, for what it quotes or
    ///     passes on belongs to it.
    ///   - isOfStaff: takes only what is surely theirs, and only files that they meant to send: a client reads it, and what
    ///     staff quote may have been said among themselves.
    init(_ mail: IncomingMail, isAnswer: Bool, isOfStaff: Bool = false) {
        title = MailContent.title(mail.subject)
        hasTitle = title != MailContent.noTitle
        var files: [NewAttachment] = []
        var notes: [String] = []
        for file in mail.files where !(isOfStaff && file.isOfText) {
            let attachment = NewAttachment(name: file.name, content: file.content ?? [])
            let size = MailContent.size(file.size)
            if file.content == nil, file.size == 0 {
                notes.append("\(file.name): open it in the mail, and send what it says")
            } else if file.content == nil {
                notes.append("\(file.name) (\(size)): it is larger than \(AttachmentRules.largest >> 20) MB")
            } else if files.count == AttachmentRules.most {
                notes.append("\(file.name): at most \(AttachmentRules.most) files are taken at once")
            } else if let why = MailContent.fault(of: attachment) {
                notes.append("\(file.name) (\(size)): \(why)")
            } else {
                files.append(attachment)
            }
        }
        self.files = files
        let theirs = isOfStaff ? ReplyText.ownWords(mail.text) : isAnswer ? mail.written : mail.text
        let words = MailContent.trimmed(MailContent.shortened(theirs))
        let all = MailContent.trimmed(MailContent.shortened(mail.text))
        whole = isAnswer && !words.isEmpty && words != all ? all : nil
        let shown = notes.prefix(20).map {
            "- \(PlainText.cleaned($0).replacing("\n", with: " ").cut(toBytes: 400))"
        }
        let left = shown.isEmpty ? "" : "Not taken from the mail:\n" + shown.joined(separator: "\n")
        let parts = [words, left].filter { !$0.isEmpty }.joined(separator: "\n\n")
        text = parts.isEmpty ? nil : parts
    }

    /// A subject without the marks that mail programs put before it.
    static func title(_ subject: String) -> String {
        var rest = PlainText.cleaned(subject.cut(toBytes: 2000)).replacing("\n", with: " ").replacing(
            "\t", with: " ")
        let mark = /^\s*((re|aw|fwd?|wg|sv|vs|antw|rif|tr|rv|odp)(\[\d+\])?\s*:|\[[a-z]-\d+\])\s*/.ignoresCase()
        while let found = rest.prefixMatch(of: mark) { rest = String(rest[found.range.upperBound...]) }
        let title = trimmed(rest).cut(toBytes: 400)
        return title.isEmpty ? noTitle : title
    }

    private static let noTitle = "(no subject)"

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    private static func shortened(_ text: String) -> String {
        // What is said about files has its place below.
        let longest = Words.longestText - (8 << 10)
        guard text.utf8.count > longest else { return text }
        return text.cut(toBytes: longest) + "\n\n[The mail goes on: it has \(size(text.utf8.count)) of text.]"
    }

    private static func fault(of file: NewAttachment) -> String? {
        do {
            _ = try AttachmentRules.check(file)
            return nil
        } catch {
            return error.all.first?.message ?? "it is not taken"
        }
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "\(max(1, bytes >> 10)) KB" : "\(bytes >> 20) MB"
    }
}
