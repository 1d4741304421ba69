import Crypto
import Formats
import Foundation
import Storage
import Values

/// A file that is written line by line, sealed where there is a recipient, with a digest of what is on the disk.
final class BackupFile {
    private let handle: FileHandle
    private var hasher = SHA256()
    private var buffer: [UInt8] = []
    private var sealer: AgeSealer?

    /// - Throws: `Problems` where it cannot be written, or is there already.
    init(_ path: String, for recipient: AgeRecipient?, random: (Int) -> [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problems([Problem(path, "it cannot be written", fix: "choose another folder")])
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        if let recipient {
            sealer = try AgeSealer(for: recipient, random: random) { [unowned self] in try put($0) }
        }
    }

    /// The SHA-256 of the file, in hexadecimal digits, once it is closed.
    var digest: String { Hex.text(Array(hasher.finalize())) }

    func write(_ line: String) throws {
        buffer += line.utf8
        buffer.append(0x0A)
        if buffer.count > 1 << 20 { try flush() }
    }

    private func flush() throws {
        if sealer == nil { try put(buffer) } else { try sealer?.add(buffer) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: [UInt8]) throws {
        hasher.update(data: bytes)
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw Problems([Problem("backup", "the disk cannot be written, or is full", fix: "choose another disk")])
        }
    }

    func close() throws {
        try flush()
        try sealer?.finish()
        // On the disk before anybody relies on it.
        try handle.synchronize()
        try handle.close()
    }
}
