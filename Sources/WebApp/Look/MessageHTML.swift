import ServiceDesk
import SiteKit
import Values

/// A message of a conversation, as staff and clients see it.
struct MessageHTML {
    let message: Conversation.Message
    /// Who wrote it.
    let name: String
    /// Who wrote down what the client said, where they did not write it themselves.
    var notedBy: String?
    /// The clock that its time is written on.
    let zone: Zone
    /// Where a file is, by its id.
    let link: (String) -> String

    var html: HTML {
        let style = message.isInternal ? " internal" : message.isFromClient ? " client" : ""
        let way = [
            message.isInternal ? "internal note" : nil, message.cameByMail ? "by mail" : nil,
            notedBy.map { "noted by \($0)" },
        ]
        .compactMap { $0.map { "\($0), " } }.joined()
        let files = message.attachments.map { file -> HTML in
            "<li><a href=\"\(link(file.id))\">\(file.name) <span class=\"muted small\">&nbsp;\(Size.text(file.size))</span></a></li>"
        }
        let list: HTML = files.isEmpty ? .empty : "<ul class=\"attachments\">\(files)</ul>"
        let whole: HTML =
            message.whole.map {
                "<details class=\"why\"><summary>The whole mail</summary><p class=\"text\">\($0)</p></details>"
            } ?? .empty
        return """
            <li class="message\(style)" id="\(message.id)"><div class="spread"><strong>\(name)</strong><span class="muted small">\(way)\(Written.time(message.at, in: zone))</span></div>
            <p class="text">\(message.text)</p>\(whole)\(list)</li>
            """
    }
}
