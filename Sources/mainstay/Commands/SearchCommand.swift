import Agreements
import ArgumentParser
import Database
import ServiceDesk
import Storage
import Values

/// `mainstay search`.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find requests, messages, time, clients and people by words.",
        discussion: """
            What is found has all the words; the last may be unfinished.

            Example:

              mainstay search blue jacket pri
            """)

    @Argument(help: "The words, or an id.") var words: [String]
    @Option(help: "How many lines.") var limit = 20
    @OptionGroup var options: DatabaseOptions
    @OptionGroup var output: ListOptions

    func validate() throws {
        if !(1...1000).contains(limit) { throw ValidationError("--limit is 1 to 1000.") }
    }

    func run() throws {
        try atDesk(options) { session in
            var list = ListText(["Kind", "Id", "Client", "Request", "Text"])
            let dialect = session.desk.store.engine.dialect
            for hit in try session.read({ try Search($0, dialect).find(words.joined(separator: " "), limit: limit) }) {
                let text = hit.snippet.map(\.text).joined()
                list.add(
                    hit.kind.name, hit.id, hit.client.text, hit.request?.text ?? "", text.isEmpty ? hit.title : text)
            }
            return list.lines(output)
        }
    }
}
