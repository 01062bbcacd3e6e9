import ChatProtocol
import TCPSockets

/// Why a conversation is over.
enum CloseReason: Equatable {
    /// The client ended it, in one of the five ways.
    case peer(Ending)
    /// The server ended it, for the reason in its error frame.
    case server(ErrorCode)

    /// As the trace tells it: for programs. The log tells it to people.
    func arguments(_ client: Endpoint) -> [String: TraceLine.Value] {
        let address = TraceLine.Value.text("\(client)")
        return switch self {
        case .peer(let ending): ["address": address, "ending": .text(ending.rawValue)]
        case .server(let code): ["address": address, "ending": .text("refused"), "code": .integer(Int(code.rawValue))]
        }
    }
}

extension CloseReason: CustomStringConvertible {
    var description: String {
        switch self {
        case .peer(let ending): ending.rawValue
        case .server(let code): "refused: \(code)"
        }
    }
}
