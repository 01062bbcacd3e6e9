import FoundationEssentials
package import TCPSockets

/// A socket call of a program, as its `--trace json` tells it.
package struct SocketCall: Sendable, Hashable, Decodable {
    /// When it returned: seconds on CLOCK_MONOTONIC.
    package let time: Double
    package let call: String
    package let arguments: [String: Argument]
    package let result: Int
    /// The name of the error; nil where the call did not fail.
    package let errno: String?
    /// The state of the connection right after the call.
    package let state: String?

    package enum Argument: Sendable, Hashable, Decodable {
        case integer(Int)
        case text(String)

        package init(from decoder: any Decoder) throws {
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
    package init?(line: some StringProtocol) {
        guard line.utf8.first == UInt8(ascii: "{"),
            let call = try? JSONDecoder().decode(SocketCall.self, from: Data(line.utf8))
        else { return nil }
        self = call
    }

    package func text(_ argument: String) -> String? {
        if case .text(let text) = arguments[argument] { text } else { nil }
    }

    package var descriptor: Int? {
        if case .integer(let number) = arguments["fd"] { number } else { nil }
    }

    /// The address that it was given, or found.
    package var address: Endpoint? { text("address").flatMap { Endpoint(numeric: $0) } }
}
