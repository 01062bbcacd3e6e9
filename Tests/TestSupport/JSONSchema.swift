import FoundationEssentials

/// A JSON schema (2020-12), as far as the schemas in `docs/schema` go. A keyword that is not known here is an error, and not
/// passed over: a check that left it out would accept what the schema forbids.
package struct JSONSchema: Sendable {
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    private indirect enum Rule: Sendable {
        case never
        case type(Set<String>)
        case values([JSONValue])
        case minimum(Double)
        case maximum(Double)
        case pattern(String)
        case required([String])
        case properties([String: JSONSchema], others: JSONSchema?)
        case items(JSONSchema)
        case oneOf([JSONSchema])
        case not(JSONSchema)
        case condition(JSONSchema, then: JSONSchema?, otherwise: JSONSchema?)
    }

    private let rules: [Rule]

    /// - Throws: `Unusable`, where it has a keyword that is not known here; what JSONDecoder throws.
    package init(json text: String) throws {
        try self.init(JSONValue(json: text), at: "#")
    }

    private init(_ schema: JSONValue, at place: String) throws {
        switch schema {
        case .bool(let isAnything): rules = isAnything ? [] : [.never]
        case .object(let keywords):
            rules = try keywords.sorted { $0.key < $1.key }
                .compactMap { try Self.rule($0.key, $0.value, in: keywords, at: "\(place)/\($0.key)") }
        default: throw Unusable(description: "\(place): no schema")
        }
    }

    private static func rule(
        _ keyword: String, _ value: JSONValue, in keywords: [String: JSONValue], at place: String
    ) throws -> Rule? {
        func schemas(_ value: JSONValue?) throws -> [String: JSONSchema] {
            guard case .object(let members)? = value else { return [:] }
            return try Dictionary(
                uniqueKeysWithValues: members.map { ($0, try JSONSchema($1, at: "\(place)/\($0)")) })
        }
        func schema(_ keyword: String) throws -> JSONSchema? {
            try keywords[keyword].map { try JSONSchema($0, at: "\(place)/../\(keyword)") }
        }
        switch (keyword, value) {
        case ("$schema", .string("https://json-schema.org/draft/2020-12/schema")): return nil
        case ("title", .string), ("description", .string): return nil
        case ("type", .string(let name)): return .type([name])
        case ("type", .array(let names)): return .type(Set(try names.map { try string($0, place) }))
        case ("const", _): return .values([value])
        case ("enum", .array(let values)): return .values(values)
        case ("minimum", .number(let number)): return .minimum(number)
        case ("maximum", .number(let number)): return .maximum(number)
        case ("pattern", .string(let pattern)):
            _ = try Regex(pattern)
            return .pattern(pattern)
        case ("required", .array(let names)): return .required(try names.map { try string($0, place) })
        case ("properties", .object):
            return .properties(try schemas(value), others: try schema("additionalProperties"))
        // Told together with the properties that are not additional.
        case ("additionalProperties", _) where keywords["properties"] != nil: return nil
        case ("additionalProperties", _): return .properties([:], others: try JSONSchema(value, at: place))
        case ("items", _): return .items(try JSONSchema(value, at: place))
        case ("oneOf", .array(let kinds)):
            return .oneOf(try kinds.enumerated().map { try JSONSchema($1, at: "\(place)/\($0)") })
        case ("not", _): return .not(try JSONSchema(value, at: place))
        case ("if", _):
            return .condition(
                try JSONSchema(value, at: place), then: try schema("then"), otherwise: try schema("else"))
        case ("then", _) where keywords["if"] != nil, ("else", _) where keywords["if"] != nil: return nil
        default: throw Unusable(description: "\(place): not known here")
        }
    }

    private static func string(_ value: JSONValue, _ place: String) throws -> String {
        guard case .string(let text) = value else { throw Unusable(description: "\(place): no string") }
        return text
    }
}

extension JSONSchema {
    /// What is wrong with a value, and where; empty where it is valid.
    package func complaints(about value: JSONValue, at place: String = "$") -> [String] {
        rules.flatMap { Self.complaints(by: $0, about: value, at: place) }
    }

    package func accepts(_ value: JSONValue) -> Bool { complaints(about: value).isEmpty }

    private static func complaints(by rule: Rule, about value: JSONValue, at place: String) -> [String] {
        func unless(_ isRight: Bool, _ complaint: String) -> [String] { isRight ? [] : ["\(place): \(complaint)"] }
        switch (rule, value) {
        case (.never, _): return unless(false, "nothing may be here")
        case (.type(let names), _): return unless(!value.types.isDisjoint(with: names), "not of type \(names.sorted())")
        case (.values(let values), _): return unless(values.contains(value), "none of the values that are allowed")
        case (.minimum(let least), .number(let number)): return unless(number >= least, "below \(least)")
        case (.maximum(let most), .number(let number)): return unless(number <= most, "above \(most)")
        case (.pattern(let pattern), .string(let text)):
            return unless((try? Regex(pattern).firstMatch(in: text)) != nil, "does not match \(pattern)")
        case (.required(let names), .object(let members)):
            return names.filter { members[$0] == nil }.flatMap { unless(false, "lacks \($0)") }
        case (.properties(let known, let others), .object(let members)):
            return members.sorted { $0.key < $1.key }.flatMap { name, member in
                (known[name] ?? others)?.complaints(about: member, at: "\(place).\(name)") ?? []
            }
        case (.items(let schema), .array(let values)):
            return values.enumerated().flatMap { schema.complaints(about: $1, at: "\(place)[\($0)]") }
        case (.oneOf(let kinds), _):
            let complaints = kinds.map { $0.complaints(about: value, at: place) }
            let count = complaints.count(where: \.isEmpty)
            return count == 1
                ? []
                : unless(false, "is of \(count) of \(kinds.count) kinds")
                    + (count == 0 ? complaints.flatMap(\.self) : [])
        case (.not(let schema), _): return unless(!schema.accepts(value), "is what it must not be")
        case (.condition(let condition, let then, let otherwise), _):
            return (condition.accepts(value) ? then : otherwise)?.complaints(about: value, at: place) ?? []
        // A rule for values of another type (JSON Schema Core, section 7.6.1).
        case (.minimum, _), (.maximum, _), (.pattern, _), (.required, _), (.properties, _), (.items, _): return []
        }
    }
}

extension JSONValue {
    /// The names of its type in a schema: a whole number has two.
    fileprivate var types: Set<String> {
        switch self {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .number(let number): number == number.rounded() ? ["number", "integer"] : ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }
}
