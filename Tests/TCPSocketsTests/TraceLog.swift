import FoundationEssentials
import Synchronization
import TCPSockets

/// One line of a JSON trace. Each key must be there; null stands for none.
struct TraceLine: Decodable {
    let time: Double
    let call: String
    let arguments: [String: Value]
    let result: Int
    let errno: String?
    let state: String?

    enum Value: Decodable, Equatable {
        case integer(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = try (try? container.decode(Int.self)).map { .integer($0) } ?? .text(container.decode(String.self))
        }
    }

    private enum Key: String, CodingKey, CaseIterable {
        case t, call, arguments, result, errno, state
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in Key.allCases where !container.contains(key) {
            throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "left out"))
        }
        time = try container.decode(Double.self, forKey: .t)
        call = try container.decode(String.self, forKey: .call)
        arguments = try container.decode([String: Value].self, forKey: .arguments)
        result = try container.decode(Int.self, forKey: .result)
        errno = try container.decodeIfPresent(String.self, forKey: .errno)
        state = try container.decodeIfPresent(String.self, forKey: .state)
    }
}

/// The lines that a trace has shown.
final class TraceLog: Sendable {
    private let lines = Mutex<[String]>([])

    func start(_ format: Trace.Format) {
        Trace.start(format) { line in self.lines.withLock { $0.append(line) } }
    }

    var text: [String] { lines.withLock(\.self) }

    func decoded() throws -> [TraceLine] {
        try text.map { try JSONDecoder().decode(TraceLine.self, from: Data($0.utf8)) }
    }
}
