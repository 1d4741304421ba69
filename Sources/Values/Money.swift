/// A currency of ISO 4217.
///
/// Its letters are kept as bytes, so that an amount is two machine words and copies for nothing.
@frozen
public struct Currency: Hashable, Sendable {
    private let letters: (UInt8, UInt8, UInt8)
    private let digits: UInt8

    /// How many decimal digits its minor unit has: 2 for cents.
    public var minorDigits: Int { Int(digits) }

    /// Three capital letters: `USD`.
    public var code: String { String(decoding: [letters.0, letters.1, letters.2], as: UTF8.self) }

    /// A currency by its code, or nil where the code is not three capital letters.
    public init?(code: some StringProtocol) {
        let bytes = Array(code.utf8)
        guard bytes.count == 3, bytes.allSatisfy({ $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") })
        else { return nil }
        self.init(bytes, Currency.unusualDigits[String(code)] ?? 2)
    }

    private init(_ bytes: [UInt8], _ digits: UInt8) {
        letters = (bytes[0], bytes[1], bytes[2])
        self.digits = digits
    }

    /// Whether the codes are the same.
    public static func == (a: Currency, b: Currency) -> Bool { a.letters == b.letters }
    /// Hashes the code.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The United States dollar.
    public static let usd = Currency(Array("USD".utf8), 2)

    /// How many minor units make one unit.
    public var minorUnitsPerUnit: Int { [1, 10, 100, 1000, 10000][minorDigits] }

    /// ISO 4217, table A.1: the currencies whose minor unit is not a hundredth.
    private static let unusualDigits: [String: UInt8] = [
        "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
        "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3,
        "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
    ]
}

/// An amount of money: whole minor units of one currency (design P1).
public struct Money: Hashable, Sendable {
    /// The amount in minor units: cents of a dollar. Negative in credits.
    public var minorUnits: Int
    /// What the units are units of.
    public let currency: Currency

    /// An amount of so many minor units.
    public init(minorUnits: Int, _ currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Reads an unsigned decimal such as `165` or `165.00`: nil where it is anything else, has more decimals than the
    /// currency, or comes to more than ``limit``.
    public init?(text: some StringProtocol, _ currency: Currency) {
        let digits = Array(text.utf8)
        let decimals = digits.firstIndex(of: UInt8(ascii: ".")).map { digits.count - $0 - 1 } ?? 0
        guard decimals <= currency.minorDigits, !digits.contains(UInt8(ascii: ",")),
            let units = decimal(digits[...], unitsPerWhole: currency.minorUnitsPerUnit), units <= Money.limit
        else { return nil }
        self.init(minorUnits: units, currency)
    }

    /// The largest rate, fee or price accepted, in minor units. With ``Hours/limit`` it keeps sums inside 64 bits.
    public static let limit = 1_000_000_000

    /// Nothing, in a currency.
    public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency) }
}

extension Money: CustomStringConvertible {
    /// `$742.50` for dollars, `EUR 742.50` for the rest; a minus sign before a credit.
    public var description: String {
        let sign = minorUnits < 0 ? "-" : ""
        return sign + (currency == .usd ? "$" : "\(currency.code) ") + magnitudeText
    }

    /// The amount without sign or currency, its thousands parted by commas: `1,742.50`.
    private var magnitudeText: String {
        let per = currency.minorUnitsPerUnit
        let size = Int(minorUnits.magnitude)
        var whole = ""
        for (place, digit) in String(size / per).reversed().enumerated() {
            if place > 0, place % 3 == 0 { whole = "," + whole }
            whole = String(digit) + whole
        }
        guard currency.minorDigits > 0 else { return whole }
        let fraction = String(size % per)
        return whole + "." + String(repeating: "0", count: currency.minorDigits - fraction.count) + fraction
    }

    /// The amount as a plain decimal, for machines: `-1742.50`.
    public var decimalText: String {
        (minorUnits < 0 ? "-" : "") + magnitudeText.filter { $0 != "," }
    }
}

/// A price of working time: an amount for each hour.
public struct HourlyRate: Hashable, Sendable {
    /// What one hour costs.
    public let perHour: Money

    /// A rate of so much an hour.
    public init(perHour: Money) { self.perHour = perHour }

    /// What so many hours cost, rounded half up to the minor unit: the one rounding of a printed line (design P1).
    public func amount(for hours: Hours) -> Money {
        Money(
            minorUnits: HourlyRate.amount(seconds: hours.seconds, minorUnitsPerHour: perHour.minorUnits),
            perHour.currency)
    }

    /// The same in bare integers. Halves go up, away from zero for charges; lengths and rates are never negative.
    package static func amount(seconds: Int, minorUnitsPerHour rate: Int) -> Int {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: rate)
        guard overflow else { return (product + 1800) / 3600 }
        // Hours.limit times Money.limit passes 64 bits, the quotient does not.
        return Int(clamping: (Int128(seconds) * Int128(rate) + 1800) / 3600)
    }
}

extension HourlyRate: CustomStringConvertible {
    /// `$165.00/h`.
    public var description: String { "\(perHour)/h" }
}
