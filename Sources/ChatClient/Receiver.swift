import ChatProtocol
import TCPSockets

/// recv() and the decoder: what has arrived, as messages.
///
/// For the close strategy `unread` it leaves something in the receive queue after each answer, because close()
/// turns into a RST where it finds unread data: the answer is read with MSG_PEEK and all of it taken but
/// its last byte, which stays until the next answer is due. If more lies behind the answer, such as the
/// server's padding, that stays and the answer is taken whole.
struct Receiver {
    struct Reception {
        var messages: [Message] = []
        var isEndOfStream = false
        /// What was wrong behind the messages.
        var violation: ProtocolError?
    }

    private enum HeldBack {
        case nothing
        /// The last byte of the last answer, which the decoder has seen.
        case lastByte
        /// Bytes behind the last answer, which it has not.
        case more
    }

    private let holdsBack: Bool
    private var heldBack = HeldBack.nothing
    private var decoder: FrameDecoder
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(holdsBack: Bool, limit: Int) {
        self.holdsBack = holdsBack
        decoder = FrameDecoder(from: .server, limit: limit)
    }

    var isAtBoundary: Bool { decoder.isAtBoundary }

    /// What to wait for. While something is held back the socket is always readable, so that only the
    /// server's FIN or RST is news.
    func awaited(_ socket: borrowing TCPSocket, answerIsDue: Bool) -> Awaited {
        if case .nothing = heldBack { return .input(socket.descriptor) }
        return answerIsDue ? .input(socket.descriptor) : .peerClosed(socket.descriptor)
    }

    /// Drops the byte that was held back: the next answer is due.
    mutating func answerIsDue(_ socket: borrowing TCPSocket) throws(SocketError) {
        if case .lastByte = heldBack { try drop(1, socket) }
        heldBack = .nothing
    }

    /// Takes in what has arrived.
    ///
    /// - Parameter answersDue: How many questions are without answer.
    mutating func receive(_ socket: borrowing TCPSocket, answersDue: Int) throws(SocketError) -> Reception {
        var reception = Reception()
        if holdsBack {
            try receiveHoldingBack(socket, answersDue, &reception)
        } else {
            switch try socket.receive(into: &buffer) {
            case .bytes(let count):
                buffer[..<count].withUnsafeBytes { decoder.append($0) }
                while let message = next(&reception) { reception.messages.append(message) }
            case .endOfStream: reception.isEndOfStream = true
            case .wouldBlock: break
            }
        }
        return reception
    }

    private mutating func receiveHoldingBack(
        _ socket: borrowing TCPSocket, _ answersDue: Int, _ reception: inout Reception
    ) throws(SocketError) {
        if case .nothing = heldBack {
        } else if answersDue == 0 {
            // The server has closed, or reset, behind what is held back.
            if let errno = try socket.pendingError() { throw SocketError(.recv, errno) }
            reception.isEndOfStream = true
            return
        }
        var answersLeft = answersDue
        while true {
            let wanted = decoder.missing
            // One byte more, to see whether something lies behind.
            if buffer.count <= wanted { buffer += [UInt8](repeating: 0, count: wanted + 1 - buffer.count) }
            switch try socket.receive(into: &buffer, count: wanted + 1, peek: true) {
            case .wouldBlock: return
            case .endOfStream:
                reception.isEndOfStream = true
                return
            case .bytes(let count):
                let taken = min(count, wanted)
                buffer[..<taken].withUnsafeBytes { decoder.append($0) }
                guard let message = next(&reception) else {
                    try drop(taken, socket)
                    if reception.violation != nil { return }
                    continue
                }
                reception.messages.append(message)
                guard case .answer = message else {
                    try drop(taken, socket)
                    continue
                }
                answersLeft -= 1
                if answersLeft > 0 {
                    try drop(taken, socket)
                } else {
                    let hasMore = count > wanted
                    try drop(hasMore ? taken : taken - 1, socket)
                    heldBack = hasMore ? .more : .lastByte
                    return
                }
            }
        }
    }

    /// The next message. A violation is kept beside those before it: what the user sees must not depend on how the
    /// bytes were cut into segments.
    private mutating func next(_ reception: inout Reception) -> Message? {
        do throws(ProtocolError) {
            return try decoder.next()
        } catch {
            reception.violation = error
            return nil
        }
    }

    /// Takes bytes out of the receive queue that were peeked at before.
    private mutating func drop(_ count: Int, _ socket: borrowing TCPSocket) throws(SocketError) {
        guard count > 0 else { return }
        _ = try socket.receive(into: &buffer, count: count)
    }
}
