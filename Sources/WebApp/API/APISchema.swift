import Formats

/// What JSON of one kind looks like: what is sent is checked against it, and the OpenAPI document is written from it.
indirect enum APISchema: Sendable {
    /// A text; a pattern where it has one (ECMA-262, as JSON Schema has it).
    case text(String, pattern: String? = nil, example: String? = nil)
    /// One of some words.
    case word([String], String)
    /// A whole number within bounds.
    case whole(ClosedRange<Int>, String)
    case flag(String)
    case list(APISchema, most: Int? = nil)
    case object([Property])
    /// What is described elsewhere and not checked here.
    case open(String)

    /// A member of an object.
    struct Property: Sendable {
        var name: String
        var schema: APISchema
        var isRequired: Bool

        static func must(_ name: String, _ schema: APISchema) -> Property {
            Property(name: name, schema: schema, isRequired: true)
        }
        static func may(_ name: String, _ schema: APISchema) -> Property {
            Property(name: name, schema: schema, isRequired: false)
        }
    }

    // MARK: Kinds of texts

    static let id = APISchema.text("An id.", pattern: "^[^\\s\\x00-\\x1F\\x7F]{1,200}$", example: "r-17")
    static let hours = APISchema.text(
        "A length of time, hours and minutes.", pattern: "^[0-9]{1,5}:[0-5][0-9](:[0-5][0-9])?$", example: "1:30")
    /// A length as people type it; answers have ``hours``.
    static let length = APISchema.text(
        "A length of time: 1:30, 1.5 (hours), 90m, 1h 30m. A bare number could be anything.",
        pattern: "^[0-9]* ?[.,:A-Za-z][0-9.,: A-Za-z]{0,40}$", example: "1:30")
    static let date = APISchema.text("A date.", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example: "2026-11-23")
    static let period = APISchema.text("A month.", pattern: "^[0-9]{4}-(0[1-9]|1[0-2])$", example: "2026-11")
    static let instant = APISchema.text(
        "An instant, in UTC.", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        example: "2026-11-23T14:05:00Z")
    static let amount = APISchema.text(
        "An amount in the currency of the terms.", pattern: "^[0-9]{1,9}(\\.[0-9]{1,2})?$", example: "120.50")
    static func words(_ what: String) -> APISchema { .text(what, pattern: "^[^\\x00-\\x1F\\x7F-\\x9F]{1,250}$") }
    static func text(_ what: String) -> APISchema { .text(what, pattern: nil) }

    // MARK: As OpenAPI has it

    var openAPI: JSONText {
        switch self {
        case .text(let what, let pattern, let example):
            .fields([
                ("type", .string("string")), ("description", .string(what)), ("pattern", pattern.map { .string($0) }),
                ("examples", example.map { .list([.string($0)]) }),
            ])
        case .word(let words, let what):
            .object([
                ("type", .string("string")), ("description", .string(what)),
                ("enum", .list(words.map { .string($0) })),
            ])
        case .whole(let range, let what):
            .object([
                ("type", .string("integer")), ("description", .string(what)),
                ("minimum", .number(range.lowerBound)), ("maximum", .number(range.upperBound)),
            ])
        case .flag(let what): .object([("type", .string("boolean")), ("description", .string(what))])
        case .list(let element, let most):
            .fields([
                ("type", .string("array")), ("items", element.openAPI), ("maxItems", most.map { .number($0) }),
            ])
        case .object(let properties):
            .fields([
                ("type", .string("object")),
                ("properties", .object(properties.map { ($0.name, $0.schema.openAPI) })),
                (
                    "required",
                    properties.contains(where: \.isRequired)
                        ? .list(properties.filter(\.isRequired).map { .string($0.name) }) : nil
                ),
                ("additionalProperties", .flag(false)),
            ])
        case .open(let what): .object([("type", .string("object")), ("description", .string(what))])
        }
    }

    // MARK: What is wrong with a value

    /// Everything about a value that is not as it should be, each with the place (RFC 6901).
    func faults(in value: APIValue, at pointer: String = "") -> [APIFault] {
        switch (self, value) {
        case (.text(let what, let pattern, let example), .text(let text)):
            guard let pattern, let expression = try? Regex(pattern).matchingSemantics(.unicodeScalar),
                text.wholeMatch(of: expression) == nil
            else {
                return []
            }
            return [
                APIFault(
                    pointer, "invalid", "it is not as it should be",
                    fix: what + (example.map { " For example: \($0)" } ?? ""))
            ]
        case (.word(let words, _), .text(let text)):
            return words.contains(text)
                ? []
                : [
                    APIFault(
                        pointer, "unknown", "there is no such value", fix: "One of: \(words.joined(separator: ", "))")
                ]
        case (.whole(let range, _), .whole(let number)):
            return range.contains(number)
                ? []
                : [
                    APIFault(
                        pointer, "out-of-range", "it is out of range", fix: "\(range.lowerBound) to \(range.upperBound)"
                    )
                ]
        case (.flag, .flag), (.open, .object): return []
        case (.list(let element, let most), .list(let values)):
            if let most, values.count > most {
                return [APIFault(pointer, "too-many", "there are \(values.count)", fix: "at most \(most)")]
            }
            return values.enumerated().flatMap { element.faults(in: $1, at: "\(pointer)/\($0)") }
        case (.object(let properties), .object(let members)): return faults(of: properties, in: members, at: pointer)
        default: return [APIFault(pointer, "wrong-type", "it is of the wrong type", fix: "give \(typeName)")]
        }
    }

    private func faults(of properties: [Property], in members: [String: APIValue], at pointer: String) -> [APIFault] {
        var faults: [APIFault] = []
        for property in properties {
            let place = "\(pointer)/\(APISchema.escaped(property.name))"
            if let value = members[property.name] {
                faults += property.schema.faults(in: value, at: place)
            } else if property.isRequired {
                faults.append(APIFault(place, "missing", "it is missing", fix: "give \(property.schema.typeName)"))
            }
        }
        let known = Set(properties.map(\.name))
        for name in members.keys.sorted() where !known.contains(name) {
            faults.append(
                APIFault(
                    "\(pointer)/\(APISchema.escaped(name))", "unknown", "there is no such member",
                    fix: "one of: \(known.sorted().joined(separator: ", "))"))
        }
        return faults
    }

    private var typeName: String {
        switch self {
        case .text, .word: "a string"
        case .whole: "a whole number"
        case .flag: "true or false"
        case .list: "an array"
        case .object, .open: "an object"
        }
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
