import Foundation
import Values

/// Bytes that come one part after another, so that a file of any size takes little memory.
protocol ByteSource {
    /// The next part; nothing at the end.
    mutating func next() throws -> [UInt8]
}

/// The bytes of a file.
struct FileSource: ByteSource {
    private let handle: FileHandle
    private let path: String
    private static let part = 1 << 20

    /// - Throws: `Problems` where there is no such file, or it cannot be read.
    init(_ path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Problems([Problem(path, "it cannot be read", fix: "check the path, and that you may read it")])
        }
        self.handle = handle
        self.path = path
    }

    mutating func next() throws -> [UInt8] {
        do {
            return try handle.read(upToCount: FileSource.part).map { Array($0) } ?? []
        } catch {
            throw Problems([Problem(path, "it cannot be read to its end", fix: "check the disk")])
        }
    }
}

/// Bytes that are in memory already.
struct DataSource: ByteSource {
    private var data: Data

    init(_ data: Data) { self.data = data }

    mutating func next() throws -> [UInt8] {
        defer { data = Data() }
        return Array(data)
    }
}

/// The lines of a source.
struct LineReader {
    private var source: any ByteSource
    private var waiting: [UInt8] = []
    private var start = 0
    private var isOver = false
    /// How far was looked for the end of the line.
    private var looked = 0

    /// The longest line: an attachment is one, in hexadecimal digits.
    private static let longest = 256 << 20

    init(_ source: any ByteSource) { self.source = source }

    /// Why there is no next line.
    enum Failure: Error { case cutOff, tooLong }

    /// The next line without its end; nil at the end of the file.
    ///
    /// - Throws: ``Failure`` where the last line has no end, and what the source throws.
    mutating func next() throws -> ArraySlice<UInt8>? {
        while true {
            if let end = waiting[looked...].firstIndex(of: 0x0A) {
                let line = waiting[start..<end]
                start = end + 1
                looked = start
                return line
            }
            waiting.removeFirst(start)
            start = 0
            looked = waiting.count
            if looked > LineReader.longest { throw Failure.tooLong }
            let more = isOver ? [] : try source.next()
            if more.isEmpty {
                isOver = true
                if waiting.isEmpty { return nil }
                throw Failure.cutOff
            }
            waiting += more
        }
    }
}
