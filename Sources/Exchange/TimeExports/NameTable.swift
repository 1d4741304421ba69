import Formats

/// Names met over and over in a file, each kept once and known by a number.
struct NameTable {
    /// The names, by their numbers.
    private(set) var names: [String] = []
    /// A hash of each name's bytes, by its number.
    private(set) var hashes: [UInt64] = []
    /// Open addressing: numbers, or -1; its size is a power of two.
    private var slots = [Int32](repeating: -1, count: 1024)

    /// The number of the name that a field holds; nil where it is not UTF-8.
    mutating func number(_ row: CSVReader.Row, _ field: Int) -> Int32? {
        if row.fields[field].hasDoubledQuotes {
            return row.text(field).map { text in
                Array(text.utf8).withUnsafeBufferPointer { number($0) { text } } ?? -1
            }
        }
        return number(row.bytes(field)) { row.text(field) }
    }

    /// The number of a name.
    mutating func number(_ text: String) -> Int32 {
        Array(text.utf8).withUnsafeBufferPointer { number($0) { text } } ?? -1
    }

    private mutating func number(_ bytes: UnsafeBufferPointer<UInt8>, _ text: () -> String?) -> Int32? {
        let hash = contentHash(bytes)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let known = Int(slots[slot])
            if hashes[known] == hash, isSame(names[known], bytes) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard let text = text() else { return nil }
        slots[slot] = Int32(names.count)
        names.append(text)
        hashes.append(hash)
        if names.count * 2 > slots.count { grow() }
        return Int32(names.count - 1)
    }

    private func isSame(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let utf8 = name.utf8
        guard utf8.count == bytes.count else { return false }
        // The hashes agree already: comparing the bytes makes it certain.
        return utf8.elementsEqual(bytes)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }
}

/// A hash of bytes that is the same on every run and machine: FNV-1a (Fowler, Noll, Vo; RFC 9923), finished with a mix so
/// that its low bits can be used.
func contentHash(_ bytes: UnsafeBufferPointer<UInt8>, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash ^= hash >> 32
    return hash &* 0x9e37_79b9_7f4a_7c15
}
