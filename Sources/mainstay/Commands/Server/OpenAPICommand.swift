import ArgumentParser
import Terminal
import WebApp

/// `mainstay openapi`.
struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the description of the JSON API (OpenAPI 3.1).")

    func run() throws {
        put(OpenAPI.document.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast())
    }
}
