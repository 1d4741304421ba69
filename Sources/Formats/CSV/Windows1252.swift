/// The character set in which spreadsheets save CSV in Western Europe.
package enum Windows1252 {
    /// What the bytes from 0x80 to 0x9F stand for; 0 where they stand for nothing.
    private static let high: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    /// The text as UTF-8, where the bytes are text in this character set and cannot be UTF-8; else nil.
    ///
    /// A file with some letters in UTF-8 and others that are not is a damaged one, and is none of these.
    package static func utf8(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]), let first = bytes.firstIndex(where: { $0 >= 0x80 }) else {
            return nil
        }
        var place = first
        var isOther = false
        while place < bytes.count {
            let byte = bytes[place]
            if byte < 0x80 {
                place += 1
                continue
            }
            if length(bytes, place) > 1 { return nil }
            if byte < 0xA0, high[Int(byte - 0x80)] == 0 { return nil }
            isOther = true
            place += 1
        }
        guard isOther else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else if let scalar = Unicode.Scalar(byte < 0xA0 ? high[Int(byte - 0x80)] : UInt32(byte)) {
                text.append(contentsOf: String(Character(scalar)).utf8)
            }
        }
        return text
    }

    /// How many bytes a letter in UTF-8 has that begins at a place; 1 where none does.
    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        let count: Int
        switch bytes[place] {
        case 0xC2...0xDF: count = 2
        case 0xE0...0xEF: count = 3
        case 0xF0...0xF4: count = 4
        default: return 1
        }
        guard place + count <= bytes.count else { return 1 }
        for next in 1..<count where bytes[place + next] & 0xC0 != 0x80 { return 1 }
        return count
    }
}
