public import Agreements
import Formats
public import Values

/// Terms as a YAML file: see docs/terms.md for every key.
public enum TermsFile {
    /// The version of the format that this program reads.
    package static let version = 1

    /// Reads one version of the terms.
    ///
    /// - Throws: every problem of the file at once, each with its line.
    public static func read(_ bytes: [UInt8], file: String) throws(Problems) -> Terms {
        let log = ProblemLog(file: file)
        let terms = ConfigNode.document(bytes, log, subject: "terms").flatMap { TermsReader($0)?.terms }
        try log.throwIfAny()
        guard let terms else {
            throw Problems([Problem("terms", "the file cannot be read", fix: "see docs/terms.md", file: file)])
        }
        return terms
    }
}
