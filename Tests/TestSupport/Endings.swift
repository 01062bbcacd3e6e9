import ChatProtocol

@testable import Recordings

// ChatProtocol has a `Side` of its own, and so is not imported beside the laboratory's.
extension ConversationEnd.Way {
    static let exit = Self.peer(.exit)
    static let endOfStream = Self.peer(.endOfStream)
    static let timedOut = Self.peer(.timedOut)
}
