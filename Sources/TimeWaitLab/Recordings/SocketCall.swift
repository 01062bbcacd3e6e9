internal import FoundationEssentials
public import TCPSockets

/// A socket call of a program, as its `--trace json` tells it.
public struct SocketCall: Sendable, Hashable, Decodable {
    /// When it returned: seconds on CLOCK_MONOTONIC.
    public let time: Double
    public let call: String
    public let arguments: [String: Argument]
    public let result: Int
    /// The name of the error; nil where the call did not fail.
    public let errno: String?
    /// The state of the connection right after the call.
    public let state: String?

    public enum Argument: Sendable, Hashable, Decodable {
        case integer(Int)
        case text(String)

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let integer = try? container.decode(Int.self) {
                self = .integer(integer)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case time = "t"
        case call, arguments, result, errno, state
    }

    /// Reads a line of standard error; nil for one that is no call.
    init?(line: some StringProtocol) {
        guard line.utf8.first == UInt8(ascii: "{"),
            let call = try? JSONDecoder().decode(SocketCall.self, from: Data(line.utf8))
        else { return nil }
        self = call
    }

    public func text(_ argument: String) -> String? {
        if case .text(let text) = arguments[argument] { text } else { nil }
    }

    public var descriptor: Int? {
        if case .integer(let number) = arguments["fd"] { number } else { nil }
    }

    /// The address that it was given, or found.
    public var address: Endpoint? { text("address").flatMap { Endpoint(numeric: $0) } }
}
