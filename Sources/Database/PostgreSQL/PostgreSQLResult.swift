import CPostgres

/// A whole result of libpq, in binary form.
final class PostgreSQLResult {
    fileprivate let result: OpaquePointer
    fileprivate private(set) var kinds: [ColumnKind] = []
    /// What was read as what it is not.
    let mismatch = RowMismatch()

    init?(_ result: OpaquePointer?) {
        guard let result else { return nil }
        self.result = result
    }

    deinit { PQclear(result) }

    var status: ExecStatusType { PQresultStatus(result) }
    var isSuccess: Bool { [PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY].contains(status) }
    /// How many rows the statement changed.
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
    /// The name of what was done: `COMMIT` or, where the transaction had failed before, `ROLLBACK`.
    var command: String { String(cString: PQcmdStatus(result)) }

    /// A field of an error: `C` is its SQLSTATE, `M` the primary message.
    func field(_ code: Unicode.Scalar) -> String? {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }

    /// The rows.
    ///
    /// - Throws: ``StorageError/internalFault(_:)`` where a column has no kind that a row can give.
    func rows() throws -> some Sequence<PostgreSQLRow> {
        kinds = try (0..<PQnfields(result)).map { column in
            let type = PQftype(result, column)
            guard let kind = ColumnKind(type) else {
                throw StorageError.internalFault(
                    "column \(column) has a type that is not read here (OID \(type)); cast it in the statement")
            }
            return kind
        }
        let rows = 0..<PQntuples(result)
        for case (let column, .decimal) in kinds.enumerated() {
            for row in rows.lazy.map({ PostgreSQLRow(result: self, row: $0) })
            where !row.isNull(column) && row.decimal(column) == nil {
                throw StorageError.internalFault("column \(column) is no whole number of 64 bits")
            }
        }
        return rows.lazy.map { PostgreSQLRow(result: self, row: $0) }
    }
}

/// How the bytes of a column are read.
private enum ColumnKind {
    case integer, decimal, text, bytes, nothing

    /// The kind of a PostgreSQL type, by its OID.
    init?(_ type: Oid) {
        switch type {
        case 16, 20, 21, 23, 26: self = .integer  // bool, int8, int2, int4, oid
        case 1700: self = .decimal  // numeric: what sum() of int8 gives
        case 18, 19, 25, 705, 1042, 1043: self = .text  // char, name, text, unknown, bpchar, varchar
        case 17: self = .bytes
        case 2278: self = .nothing  // void
        default: return nil
        }
    }
}

/// One row of a result.
struct PostgreSQLRow: SQLRow {
    fileprivate let result: PostgreSQLResult
    fileprivate let row: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.result, row, Int32(column)) != 0 }

    func integer(_ column: Int) -> Int {
        guard !isNull(column) else { return nothing(column, "a number", 0) }
        switch result.kinds[column] {
        case .integer:
            let bytes = raw(column)
            // An OID is unsigned, and a bool 0 or 1; those of 2, 4 and 8 bytes are signed, big end first.
            let isNegative =
                bytes.count > 1 && (bytes.first ?? 0) & 0x80 != 0 && PQftype(result.result, Int32(column)) != 26
            return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
        case .decimal: return decimal(column) ?? 0
        default: return nothing(column, "a number", 0)
        }
    }

    func text(_ column: Int) -> String {
        guard !isNull(column), case .text = result.kinds[column] else { return nothing(column, "a text", "") }
        return String(decoding: raw(column), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8] {
        guard !isNull(column), case .bytes = result.kinds[column] else { return nothing(column, "bytes", []) }
        return [UInt8](raw(column))
    }

    private func nothing<Value>(_ column: Int, _ kind: String, _ value: Value) -> Value {
        let name = PQfname(result.result, Int32(column)).map { String(cString: $0) } ?? ""
        result.mismatch.note(column, name, readAs: kind)
        return value
    }

    private func raw(_ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(result.result, row, Int32(column)),
            count: Int(PQgetlength(result.result, row, Int32(column))))
    }

    /// A `numeric` as a whole number; nil where it is none, or too great.
    ///
    /// Its form: the count of digits, the weight of the first, the sign, the scale, then digits to the base 10,000.
    fileprivate func decimal(_ column: Int) -> Int? {
        let words = raw(column)
        func word(_ index: Int) -> UInt16 { UInt16(words[2 * index]) << 8 | UInt16(words[2 * index + 1]) }
        guard words.count >= 8, words.count == 8 + 2 * Int(word(0)) else { return nil }
        let count = Int(word(0))
        let weight = Int(Int16(bitPattern: word(1)))
        let sign: Int? = [0: 1, 0x4000: -1][word(2)]
        guard let sign, count <= weight + 1 || count == 0, weight <= 4 else { return nil }
        var value = 0
        for place in 0..<(count == 0 ? 0 : weight + 1) {
            let digit = place < count ? Int(word(4 + place)) : 0
            let (product, isTooGreat) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, isOver) = product.addingReportingOverflow(sign * digit)
            guard !isTooGreat, !isOver else { return nil }
            value = sum
        }
        return value
    }
}
