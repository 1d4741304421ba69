import Crypto
package import Database
import Exchange
import Formats
import Foundation

/// The bytes of attachments, each content once, under its hash, which the fact about it has.
package struct AttachmentContent {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// Keeps bytes and gives the name to find them by: their SHA-256, in hexadecimal digits.
    package func keep(_ bytes: [UInt8]) throws -> String {
        let hash = Array(SHA256.hash(data: Data(bytes)))
        let isThere = try connection.first("SELECT COUNT(*) FROM content WHERE sha256 = $1", [.bytes(hash)]) {
            $0.integer(0)
        }
        if isThere == 0 {
            try connection.run("INSERT INTO content (sha256, body) VALUES ($1, $2)", [.bytes(hash), .bytes(bytes)])
        }
        return Hex.text(hash)
    }

    /// The bytes of a name; nil where they are not there.
    package func bytes(of digest: String) throws -> [UInt8]? {
        guard let hash = Hex.bytes(digest) else { return nil }
        return try connection.first("SELECT body FROM content WHERE sha256 = $1", [.bytes(hash)]) { $0.bytes(0) }
    }

    /// What is wrong with the content of attachments; nil where each is there, as its fact says.
    package func fault() throws -> String? {
        var wanted: Set<[UInt8]> = []
        try connection.forEachRow("SELECT body FROM fact WHERE kind = 'attachment'", []) { row in
            if let hash = try Hex.bytes(row.texts(0)["sha256"] ?? "") { wanted.insert(hash) }
        }
        var fault: String?
        try connection.forEachRow(of: "content", [.bytes("sha256"), .bytes("body")], keys: 1, atATime: 4) { row in
            let hash = Array(SHA256.hash(data: Data(row.bytes(1))))
            if hash != row.bytes(0), fault == nil {
                fault = "the content \(Hex.text(row.bytes(0)).prefix(12)) of an attachment is not as it was sent"
            }
            wanted.remove(row.bytes(0))
        }
        return fault ?? wanted.first.map { "the content \(Hex.text($0).prefix(12)) of an attachment is missing" }
    }
}
