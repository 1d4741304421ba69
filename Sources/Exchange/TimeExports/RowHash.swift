import Formats

/// What an id is made from: all that a row says.
struct RowHash: Equatable {
    var date: UInt64
    var note: UInt64?
    var isNotBillable: Bool
    var seconds: Int?
    /// The end as a time of day.
    var end: Int?

    /// Whether a note is written in the one way in which it can be.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return true }
        // Blanks around it: a space, a tab, and the end or beginning of an unbreakable space.
        guard first > 0x20, last > 0x20, first != 0xC2, last != 0xA0 else { return false }
        return !bytes.contains { $0 == 0x0D || $0 == 0x22 }
    }

    /// The hash of a note, whatever its line ends are and the blanks around it.
    static func note(_ text: String) -> UInt64 {
        var text = text
        if text.utf8.contains(where: { $0 == 0x0D || $0 == 0x22 }) {
            text = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing("\"", with: "\"\"")
        }
        return Array(text.trimmingBlanks.utf8).withUnsafeBufferPointer { contentHash($0) }
    }

    func value(of row: TimeExport.Row, _ names: NameTable) -> UInt64 {
        var hash = date
        func mix(_ other: UInt64) { hash = (hash ^ other) &* 0x9e37_79b9_7f4a_7c15; hash ^= hash >> 29 }
        func mix(_ number: Int32) { mix(number < 0 ? 1 : names.hashes[Int(number)]) }
        mix(row.client)
        mix(row.project)
        mix(row.projectCode)
        mix(row.task)
        mix(row.person)
        mix(row.reference)
        if let note { mix(note) }
        // Rows that are billable, as most are, keep the ids they had before this column was read.
        if isNotBillable { mix(UInt64(2)) }
        mix(UInt64(bitPattern: Int64(seconds ?? -1)))
        mix(UInt64(bitPattern: Int64(row.start ?? -1)))
        mix(UInt64(bitPattern: Int64(end ?? -1)))
        return hash
    }
}
