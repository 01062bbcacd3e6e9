package import Recordings
import TCPSockets

extension Matrix {
    /// Those on which cells bear only where their TIME-WAITs are waited for.
    package static let slowClaims: Set<String> = ["A3"]

    /// The claims on which cells bear; A3 and C9 where their TIME-WAITs are waited for.
    package static let claims = [
        "A1", "A2", "A3", "A4", "A5", "A7", "A8", "A10", "A11", "A16", "B1", "B2", "B3", "B4", "B6", "B7", "B9", "B10",
        "C6", "C8", "C9", "C10", "D1", "D2", "D5", "D7", "E1", "E3", "F2", "F13",
    ]

    /// Whether a cell can say anything of a claim, by what is known before it is run: no judge of that claim looks at the others.
    package static func bears(_ cell: Cell, on claim: String) -> Bool {
        switch claim {
        case "A1": cell.bind == .explicit && cell.reuseAddress == .none && cell.close == .active
        case "A2", "A4", "A8", "A11", "C8", "E1", "F2": cell.bind == .explicit
        case "A7": cell.bind == .explicit && cell.reuseAddress == .none && cell.close == .delay
        case "A10", "B1": cell.bind == .implicit
        case "B3": cell.close == .abandon
        case "B6": cell.bind == .explicit && cell.reuseAddress == .none && cell.close == .passive
        case "B7": cell.close == .linger
        case "B9", "C10": cell.close == .reset
        case "B10", "E3": cell.reuseAddress != .none
        case "D1", "D5": cell.close == .unread
        case "D7": cell.reuseAddress == .both
        default: claims.contains(claim)
        }
    }
}
