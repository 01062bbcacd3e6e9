import ChatProtocol
import Recordings

extension Outcome.ServerSaw {
    init(_ way: ConversationEnd.Way) throws {
        switch way {
        case .peer(.exit), .leaked: self = .exit
        case .peer(.endOfStream): self = .eof
        case .peer(.truncated): self = .truncated
        case .peer(.reset): self = .reset
        case .peer(.timedOut), .refused:
            throw LaboratoryError("the server saw an end that no cell has: \(way)")
        }
    }
}
