import Values

/// What of an address stands for whoever uses it. Of IPv6 that is the first 64 bits: every household has all the rest to
/// choose from. Of IPv4 it is all of it.
package enum AddressBlock {
    /// An address as it is counted by.
    package static func name(_ address: String) -> String {
        var text = address.cut(toBytes: 64)[...]
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = text[..<end].dropFirst()
        } else if text.contains("."), let port = text.lastIndex(of: ":"), !text[..<port].contains(":") {
            text = text[..<port]
        }
        text = text.prefix { $0 != "%" }
        guard let number = NetworkAddress(text: String(text)) else { return String(text) }
        guard number.bytes.count == 16 else { return number.text }
        // An IPv4 address in IPv6's clothes.
        if number.bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            let four = NetworkAddress(bytes: Array(number.bytes[12...]))
        {
            return four.text
        }
        let block = NetworkAddress(bytes: number.bytes.prefix(8) + [UInt8](repeating: 0, count: 8))
        return (block ?? number).text + "/64"
    }
}
