public import Values

// In tests a literal is what it says, or the test stops.

extension Identifier: ExpressibleByUnicodeScalarLiteral {}
extension Identifier: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Identifier: ExpressibleByStringLiteral {
    /// An id.
    public init(stringLiteral text: String) { self.init(text) }
}

extension CivilDate: ExpressibleByUnicodeScalarLiteral {}
extension CivilDate: ExpressibleByExtendedGraphemeClusterLiteral {}
extension CivilDate: ExpressibleByStringLiteral {
    /// A date.
    public init(stringLiteral text: String) { self = must(CivilDate(text), text) }
}

extension Period: ExpressibleByUnicodeScalarLiteral {}
extension Period: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Period: ExpressibleByStringLiteral {
    /// A period.
    public init(stringLiteral text: String) { self = must(Period(text), text) }
}

extension Hours: ExpressibleByUnicodeScalarLiteral {}
extension Hours: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Hours: ExpressibleByStringLiteral {
    /// A length of time: 1:30.
    public init(stringLiteral text: String) { self = must(Hours(text: text), text) }
}

extension Instant: ExpressibleByUnicodeScalarLiteral {}
extension Instant: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Instant: ExpressibleByStringLiteral {
    /// An instant.
    public init(stringLiteral text: String) { self = must(Instant(text), text) }
}

func must<Value>(_ value: Value?, _ text: String) -> Value {
    guard let value else { preconditionFailure("the test has no such value: \(text)") }
    return value
}
