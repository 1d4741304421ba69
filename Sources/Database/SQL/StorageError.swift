/// Why the database did not do what it was asked.
public enum StorageError: Error, Hashable, Sendable {
    /// The file or server cannot be opened: what is wrong, and what would be right.
    case cannotOpen(String, fix: String)
    /// The database is written by a newer program: the version it has, and the newest one known here.
    case newerSchema(found: Int, known: Int)
    /// The database has no schema yet.
    case notSetUp
    /// The disk is full, or cannot be written or read.
    case disk(String)
    /// Somebody else holds the database for too long.
    case busy
    /// The database was changed, or forgot what was prepared for it, while it was used: it may succeed when it is run again.
    case changed(String)
    /// The server cannot be reached now: what is wrong, and what would be right.
    case away(String, fix: String)
    /// The connection was lost before the commit: nothing was written.
    case connectionLost(String)
    /// The commit was on its way when the connection was lost, or the disk did not confirm it: nobody here knows whether it
    /// was done.
    case commitUnknown(String)
    /// Anything else, which is a fault of this program or of the database: the engine's own words.
    case internalFault(String)
}

extension StorageError {
    /// Whether nothing more can be done in the transaction in which it happened.
    var endsTransaction: Bool {
        switch self {
        case .disk, .busy, .changed, .away, .connectionLost, .commitUnknown, .cannotOpen: true
        case .newerSchema, .notSetUp, .internalFault: false
        }
    }

    /// Whether it may be over in a moment, with nothing changed here: whoever needs the database waits for it.
    package var passes: Bool {
        switch self {
        case .away, .connectionLost, .busy, .changed: true
        case .disk, .commitUnknown, .cannotOpen, .newerSchema, .notSetUp, .internalFault: false
        }
    }

    /// Why nothing can be saved, in words for staff; nil where it says nothing about that.
    var whyNothingIsSaved: String? {
        switch self {
        case .disk(let what): what
        case .cannotOpen(let what, _): what
        default: nil
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .cannotOpen(let what, let fix), .away(let what, let fix): "\(what); \(fix)"
        case .newerSchema(let found, let known):
            "the database has schema \(found), and this program knows \(known); use a newer mainstay"
        case .notSetUp: "the database is empty; run `mainstay setup` first"
        case .disk(let what): what
        case .busy: "another program holds the database; try again"
        case .changed(let what): "the database was changed meanwhile (\(what)); try again"
        case .connectionLost(let what): "the connection to the database was lost: \(what)"
        case .commitUnknown(let what):
            "the database did not confirm that it was saved, so it is not known whether it was (\(what)); "
                + "do it again with the same key, which is safe, or look"
        case .internalFault(let what): "the database refused a statement of ours: \(what)"
        }
    }
}
