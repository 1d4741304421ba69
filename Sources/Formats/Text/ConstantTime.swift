/// Comparison in a time that tells nobody how much of a guess is right.
package enum ConstantTime {
    /// Whether two texts of bytes are the same. Their length is no secret.
    package static func areEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
