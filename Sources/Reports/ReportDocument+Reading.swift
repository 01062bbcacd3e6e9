import FoundationEssentials
import Recordings

private struct SchemaNumber: Decodable {
    let schema: Int
}

extension ReportDocument {
    /// Reads a `report.json`.
    ///
    /// - Throws: `LaboratoryError`, for a file that cannot be read or is something else.
    package init(file path: String) throws {
        try self.init(json: readFile(path), name: path)
    }

    /// - Parameter name: What the bytes are called in the errors.
    /// - Throws: `LaboratoryError`.
    package init(json bytes: [UInt8], name: String = "this") throws {
        // A report of another schema has other keys: its number tells more than what is missing would.
        if let schema = try? JSONDecoder().decode(SchemaNumber.self, from: Data(bytes)).schema,
            schema != Self.currentSchema
        {
            throw LaboratoryError(
                "\(name) is a report of schema \(schema), not \(Self.currentSchema): run chat-lab again to get a new one"
            )
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            throw LaboratoryError("\(name) is not a report of chat-lab: \(Self.reason(error))")
        }
    }

    /// In words, what keeps a text from being a report.
    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): "it has no \(place(context.codingPath + [key]))"
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: "it is JSON, but not an object"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context.codingPath)) has the wrong type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(place(context.codingPath)) has an unknown value"
        default: "it is not JSON"
        }
    }

    /// Such as `cells[0].id`.
    private static func place(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
        }
    }
}
