import Crypto
import Database
import Formats
import Foundation
import Storage
import Values

/// A file that somebody wants to send.
package struct NewAttachment: Hashable, Sendable, CustomStringConvertible {
    /// What it is called.
    package var name: String
    /// Its content.
    package var content: [UInt8]

    package init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }

    /// What tells it from others, short however large it is.
    package var description: String { "\(name) \(Hex.text(Array(SHA256.hash(data: content))))" }
}

/// Which files are taken: what people send each other about a shop, and nothing that a browser would run.
package enum AttachmentRules {
    /// The largest file, in bytes.
    package static let largest = 10 << 20
    /// The most files of one message.
    package static let most = 10
    private static let taken = "pictures, PDF, text, CSV, office files or ZIP, at most 10 MB each"
    /// What is taken, for whoever chooses a file.
    package static let hint = "Pictures, PDF, text, CSV, office files or ZIP; at most \(largest >> 20) MB each."

    /// A file that is taken: its name without what a path or a terminal would mind, and its kind, which its content says.
    struct Accepted: Hashable {
        var name: String
        var mediaType: String
    }

    /// - Throws: `Problems` that say why a file is not taken.
    static func check(_ file: NewAttachment) throws(Problems) -> Accepted {
        let name = cleaned(file.name)
        func refuse(_ message: String, _ fix: String) -> Problems {
            Problems([Problem("attachment \(name)", message, fix: fix)])
        }
        guard !file.content.isEmpty else { throw refuse("it is empty", "choose another file") }
        guard file.content.count <= largest else {
            throw refuse("it is larger than \(largest >> 20) MB", "send a smaller one, or a link to it")
        }
        let ending =
            name.split(separator: ".").count > 1 ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
        guard let kind = kinds.first(where: { $0.endings[ending] != nil }) else {
            throw refuse("files of this kind are not taken", "send \(taken)")
        }
        guard kind.isContent(file.content) else {
            throw refuse("its content is not what its name says", "send it under its right name")
        }
        return Accepted(name: name, mediaType: kind.mediaType(ending))
    }

    private struct Kind {
        var endings: [String: String]
        var isContent: ([UInt8]) -> Bool
        func mediaType(_ ending: String) -> String { endings[ending] ?? "application/octet-stream" }

        init(_ endings: [String: String], _ isContent: @escaping ([UInt8]) -> Bool) {
            self.endings = endings
            self.isContent = isContent
        }
    }

    private static var kinds: [Kind] {
        [
            Kind(["png": "image/png"]) { $0.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) },
            Kind(["jpg": "image/jpeg", "jpeg": "image/jpeg"]) { $0.starts(with: [0xFF, 0xD8, 0xFF]) },
            Kind(["gif": "image/gif"]) { $0.starts(with: Array("GIF8".utf8)) },
            Kind(["webp": "image/webp"]) {
                $0.starts(with: Array("RIFF".utf8)) && $0.dropFirst(8).starts(with: Array("WEBP".utf8))
            },
            Kind(["pdf": "application/pdf"]) { $0.starts(with: Array("%PDF-".utf8)) },
            Kind(
                [
                    "txt": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8",
                    "csv": "text/csv; charset=utf-8",
                ], isText),
            Kind([
                "zip": "application/zip",
                "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "odt": "application/vnd.oasis.opendocument.text",
                "ods": "application/vnd.oasis.opendocument.spreadsheet",
            ]) { $0.starts(with: [0x50, 0x4B, 0x03, 0x04]) },
        ]
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
            && !bytes.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }

    /// A name without folders, control characters and marks that turn the direction of text, at most 120 bytes long.
    private static func cleaned(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        var plain = String.UnicodeScalarView()
        for scalar in last.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: continue
            default: plain.append(scalar)
            }
        }
        var text = String(plain).trimmingCharacters(in: .whitespaces)
        // Its end says what it is.
        text = String(decoding: text.utf8.suffix(120), as: UTF8.self).replacing("\u{FFFD}", with: "")
        text = String(text.drop { $0 == "." })
        return text.isEmpty ? "file" : text
    }
}
