import Database
import Values

/// Slows down whoever guesses passwords and codes, and locks nobody out: the longer somebody fails, the longer they wait, and
/// in a browser where a person signed in before, others' guesses count for nothing.
struct Throttle {
    /// What is counted, and how many failures are free of waiting.
    enum Subject: Hashable {
        /// Tries on an account from an address.
        case accountFrom(user: String, address: String)
        /// Tries on an account from anywhere.
        case account(user: String)
        /// Tries on an account from a browser in which its owner signed in before.
        case device(user: String, String)
        /// Codes for an account from anywhere.
        case codes(user: String)
        /// Codes for one half session.
        case half(String)
        /// Tries from an address on any account.
        case address(String)
        /// Links asked for from an address.
        case links(address: String)

        var text: String {
            switch self {
            case .accountFrom(let user, let address): "account/\(user)/\(AddressBlock.name(address))"
            case .account(let user): "account/\(user)"
            case .device(let user, let number): "device/\(user)/\(number)"
            case .codes(let user): "codes/\(user)"
            case .half(let session): "half/\(session)"
            case .address(let address): "address/\(AddressBlock.name(address))"
            case .links(let address): "links/\(AddressBlock.name(address))"
            }
        }

        /// Whether others than one person may have a part in what is counted.
        var isShared: Bool {
            switch self {
            case .account, .address, .links: true
            case .accountFrom, .device, .codes, .half: false
            }
        }

        var free: Int {
            switch self {
            case .accountFrom: 5
            case .account: 50
            case .device: 10
            case .codes: 10
            case .half: 5
            case .address: 20
            case .links: 5
            }
        }
    }

    /// Failures of one subject.
    struct Count: Hashable {
        var failures: Int
        var at: Instant
    }

    /// How many seconds somebody has to wait: none while their failures are few, then one, two, four … up to five minutes
    /// after the last; after an hour all is forgotten. A clock that was set back makes nobody wait longer than that.
    static func wait(_ count: Count?, free: Int, now: Instant) -> Int {
        guard let count, count.failures >= free, now - count.at < forgotten, count.at - now <= skew else { return 0 }
        let wait = min(1 << min(count.failures - free, 10), longest)
        return max(0, min(count.at, now).seconds + wait - now.seconds)
    }

    private static let longest = 300
    private static let forgotten = Hours(1)
    private static let skew = Clocks.skew

    private let connection: any SQLConnection

    init(_ connection: any SQLConnection) { self.connection = connection }

    /// How long somebody has to wait, over several subjects.
    func wait(_ subjects: [Subject], now: Instant) throws -> Int {
        try subjects.map { Throttle.wait(try count($0), free: $0.free, now: now) }.max() ?? 0
    }

    /// Counts a try before it is known whether it is right, so that many at once count too.
    func add(_ subjects: [Subject], now: Instant) throws {
        for subject in subjects {
            let known = try failures(subject, now: now)
            try connection.run("DELETE FROM throttle WHERE subject = $1", [.text(subject.text)])
            try connection.run(
                "INSERT INTO throttle (subject, failures, at) VALUES ($1, $2, $3)",
                [.text(subject.text), .integer(known + 1), .integer(now.seconds)])
        }
    }

    /// Takes back the one try of somebody who turned out to be right: what was tried before it from there still counts.
    func takeBack(_ subjects: [Subject]) throws {
        for subject in subjects {
            try connection.run(
                "UPDATE throttle SET failures = failures - 1 WHERE subject = $1 AND failures > 0", [.text(subject.text)]
            )
        }
    }

    /// How many tries of a subject are remembered.
    func failures(_ subject: Subject, now: Instant) throws -> Int {
        try count(subject).flatMap { now - $0.at < Throttle.forgotten ? $0.failures : nil } ?? 0
    }

    /// Forgets the tries of somebody who turned out to be right.
    func forgive(_ subjects: [Subject], now: Instant) throws {
        for subject in subjects { try connection.run("DELETE FROM throttle WHERE subject = $1", [.text(subject.text)]) }
        try connection.run(
            "DELETE FROM throttle WHERE at < $1", [.integer(now.seconds - Throttle.forgotten.seconds)])
    }

    private func count(_ subject: Subject) throws -> Count? {
        try connection.first("SELECT failures, at FROM throttle WHERE subject = $1", [.text(subject.text)]) {
            Count(failures: $0.integer(0), at: Instant(seconds: $0.integer(1)))
        }
    }
}
