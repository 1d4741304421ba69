import Foundation

/// The number of a machine, 4 bytes (IPv4) or 16 (IPv6), and whether it is one of the public network.
///
/// Names prove nothing: what they stand for changes between two questions. So it is the number that is judged, and the
/// judged number that is to be connected to.
package struct NetworkAddress: Hashable, Sendable {
    /// The number, the first byte first.
    package let bytes: [UInt8]

    /// An address of 4 or 16 bytes; nil for another number of them.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// An address as it is written: four decimal numbers, or IPv6 without a zone. Shorter, octal and hexadecimal ways of
    /// writing IPv4 are none.
    package init?(text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        } else {
            return nil
        }
    }

    /// Whether anybody on the public network may have it: not this machine, not a network of ours, not a group, not one
    /// kept for a purpose (the registries of special addresses, RFC 6890).
    package var isPublic: Bool {
        if let carried { return carried.isPublic }
        if isNeverAsked { return false }
        guard bytes.count == 16 else { return !isIn(NetworkAddress.special4) }
        return isIn([NetworkAddress.global6]) && !isIn(NetworkAddress.special6)
    }

    /// Whether nothing is ever asked there, whatever is allowed: no machine has the address for itself, or the machine of a
    /// cloud that gives away keys has it. A network of one's own needs none of them.
    package var isNeverAsked: Bool {
        if let carried { return carried.isNeverAsked }
        return isIn(bytes.count == 4 ? NetworkAddress.never4 : NetworkAddress.never6)
    }

    /// The IPv4 address in IPv6's clothes, which the system or a gateway would take it for.
    private var carried: NetworkAddress? {
        guard let (_, start) = NetworkAddress.carriers.first(where: { isIn([$0.0]) }) else { return nil }
        return NetworkAddress(bytes: Array(bytes[start..<start + 4]))
    }

    private func isIn(_ ranges: [Range]) -> Bool {
        ranges.contains { range in
            guard range.first.count == bytes.count else { return false }
            return zip(bytes, range.first).enumerated().allSatisfy { index, pair in
                let counted = min(max(range.bits - index * 8, 0), 8)
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> counted)
                return pair.0 & mask == pair.1 & mask
            }
        }
    }

    /// Addresses that begin with the same bits.
    private struct Range: Sendable {
        let first: [UInt8]
        let bits: Int

        init(_ text: String, _ bits: Int) {
            // A text that is none would leave a hole: better no start than a guard with one.
            guard let address = NetworkAddress(text: text) else { preconditionFailure("\(text) is no address") }
            first = address.bytes
            self.bits = bits
        }
    }

    private static let special4 = [
        Range("0.0.0.0", 8), Range("10.0.0.0", 8), Range("100.64.0.0", 10), Range("127.0.0.0", 8),
        Range("169.254.0.0", 16), Range("172.16.0.0", 12), Range("192.0.0.0", 24), Range("192.0.2.0", 24),
        Range("192.88.99.0", 24), Range("192.168.0.0", 16), Range("198.18.0.0", 15), Range("198.51.100.0", 24),
        Range("203.0.113.0", 24), Range("224.0.0.0", 4), Range("240.0.0.0", 4),
    ]
    /// No address, link-local, groups, and the metadata of clouds: Azure's, Oracle's and Alibaba's.
    private static let never4 = [
        Range("0.0.0.0", 8), Range("169.254.0.0", 16), Range("224.0.0.0", 4), Range("240.0.0.0", 4),
        Range("168.63.129.16", 32), Range("192.0.0.0", 24), Range("100.100.100.200", 32),
    ]
    /// The same: no address, link-local and what was site-local, groups, the metadata of Amazon and Google, and tunnels that
    /// carry another address.
    private static let never6 = [
        Range("::", 128), Range("fe80::", 10), Range("fec0::", 10), Range("ff00::", 8), Range("fd00:ec2::254", 128),
        Range("fd20:ce::254", 128), Range("64:ff9b:1::", 48), Range("2001::", 32),
    ]
    /// What is handed out at all; the rest of IPv6 is for no machine out there.
    private static let global6 = Range("2000::", 3)
    private static let special6 = [
        Range("2001::", 23), Range("2001:db8::", 32), Range("3fff::", 20),
    ]
    /// Ranges that carry an IPv4 address, and where in it: mapped, NAT64, 6to4.
    private static let carriers = [
        (Range("::ffff:0:0", 96), 12), (Range("64:ff9b::", 96), 12), (Range("2002::", 16), 2),
    ]
}

extension NetworkAddress {
    /// The address as it is written.
    package var text: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        _ = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
