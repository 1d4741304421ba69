/// Bytes as people copy them, with a checksum that finds what was mistyped (BIP 173, as the keys of age are written).
enum Bech32 {
    private static let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let longest = 200

    /// The text of bytes: their name, a 1, and the bytes in letters and digits.
    static func text(_ name: String, _ bytes: [UInt8]) -> String {
        let groups = regroup(bytes, from: 8, to: 5, padding: true) ?? []
        let sum = checksum(values(of: name) + groups + [UInt8](repeating: 0, count: 6)) ^ 1
        let check = (0..<6).map { UInt8(truncatingIfNeeded: sum >> (5 * (5 - $0))) & 31 }
        return name + "1" + String(decoding: (groups + check).map { letters[Int($0)] }, as: UTF8.self)
    }

    /// The bytes of a text in one case; nil where it is none of that name, or was mistyped.
    static func bytes(_ name: String, _ text: String) -> [UInt8]? {
        guard text.utf8.count <= longest, text == text.lowercased() || text == text.uppercased() else { return nil }
        let start = name + "1"
        let lower = text.lowercased()
        guard lower.hasPrefix(start) else { return nil }
        let groups = lower.utf8.dropFirst(start.utf8.count).map { letter in
            letters.firstIndex(of: letter).map { UInt8($0) }
        }
        guard groups.count >= 6, !groups.contains(nil) else { return nil }
        let all = groups.compactMap(\.self)
        guard checksum(values(of: name) + all) == 1 else { return nil }
        return regroup(Array(all.dropLast(6)), from: 5, to: 8, padding: false)
    }

    private static func values(of name: String) -> [UInt8] {
        name.utf8.map { $0 >> 5 } + [0] + name.utf8.map { $0 & 31 }
    }

    private static func checksum(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        return values.reduce(1) { sum, value in
            let next = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            return generator.enumerated().reduce(next) { sum >> (25 + $1.offset) & 1 == 1 ? $0 ^ $1.element : $0 }
        }
    }

    /// The same bits in groups of another size.
    private static func regroup(_ values: [UInt8], from: Int, to: Int, padding: Bool) -> [UInt8]? {
        var (bits, count, found) = (0, 0, [UInt8]())
        for value in values {
            bits = (bits << from | Int(value)) & 0xfff
            count += from
            while count >= to {
                count -= to
                found.append(UInt8(bits >> count & (1 << to - 1)))
            }
        }
        let rest = bits & (1 << count - 1)
        if padding {
            if count > 0 { found.append(UInt8(rest << (to - count))) }
        } else if count >= from || rest != 0 {
            return nil
        }
        return found
    }
}
