/// Something wrong with what a person gave, said so that they can mend it: what, where, and what would be right.
public struct Problem: Error, Hashable, Sendable {
    /// The file it is in, where it is in one.
    public var file: String?
    /// The line in that file, from 1.
    public var line: Int?
    /// What the trouble is with: `plan care-2`, `time entry e-17`.
    public var subject: String
    /// What is wrong: `the fee is negative: -5.00`.
    public var message: String
    /// What would be right: `write an amount of 0.00 or more`.
    public var fix: String

    /// A problem, with its place where that is known.
    public init(_ subject: String, _ message: String, fix: String, file: String? = nil, line: Int? = nil) {
        self.subject = subject
        self.message = message
        self.fix = fix
        self.file = file
        self.line = line
    }
}

extension Problem: CustomStringConvertible {
    /// `terms.yaml:12: plan care-2: the fee is negative: -5.00. Write an amount of 0.00 or more.`
    public var description: String {
        let place =
            file.map { file in file + (line.map { ":\($0)" } ?? "") + ": " } ?? line.map { "line \($0): " } ?? ""
        let sentence = fix.prefix(1).uppercased() + fix.dropFirst()
        return place + "\(subject): \(message)." + (fix.isEmpty ? "" : " \(sentence)" + (fix.hasSuffix("?") ? "" : "."))
    }
}

/// Every problem of one input, found in one go. Nothing of such an input is used.
public struct Problems: Error, Sendable, CustomStringConvertible {
    /// The problems, in the order of the input. Never empty.
    public let all: [Problem]

    /// The problems of an input.
    public init(_ all: [Problem]) { self.all = all }

    /// A line for each.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
