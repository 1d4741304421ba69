import CPostgres

/// The parameters of a statement as libpq takes them: each in binary form, one after another in one block of memory.
struct PostgreSQLParameters {
    /// The type of each: int8, text or bytea; 0, for a null, lets the server say.
    let types: [Oid]
    private var block: [UInt8] = []
    private var places: [Int?] = []
    private var lengths: [Int32] = []

    /// - Throws: ``StorageError/internalFault(_:)`` where PostgreSQL cannot hold a value.
    init(_ values: [SQLValue]) throws {
        types = values.map {
            switch $0 {
            case .null: 0
            case .integer: 20
            case .text: 25
            case .bytes: 17
            }
        }
        for value in values {
            let start = block.count
            switch value {
            case .null: break
            case .integer(let number): withUnsafeBytes(of: Int64(number).bigEndian) { block.append(contentsOf: $0) }
            case .text(let text):
                block.append(contentsOf: text.utf8)
                guard !block[start...].contains(0) else {
                    throw StorageError.internalFault("PostgreSQL holds no text with a NUL character in it")
                }
            case .bytes(let bytes): block.append(contentsOf: bytes)
            }
            guard let length = Int32(exactly: block.count - start) else {
                throw StorageError.internalFault("a value is longer than PostgreSQL holds")
            }
            places.append(value == .null ? nil : start)
            lengths.append(length)
        }
        // An empty value is a pointer too: no pointer would be a null.
        block.append(0)
    }

    /// Hands over the count, values, lengths and formats, good while the closure runs.
    func with<Value>(
        _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) throws -> Value
    ) rethrows -> Value {
        try block.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            let values = places.map { place in place.flatMap { start?.advanced(by: $0) } }
            return try body(Int32(places.count), values, lengths, [Int32](repeating: 1, count: places.count))
        }
    }
}
