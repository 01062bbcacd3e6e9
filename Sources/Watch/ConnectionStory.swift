import Recordings
import Stories
import TCPSockets

// From the lives of one or two sockets to the story of their connection.
extension EndedConnection {
    /// - Parameters:
    ///   - life: The end that closed, or one of two that have.
    ///   - isWhole: Whether no event was lost while it lived: only then something that did not come tells something.
    ///   - held: What the kernel's table has of it a while after FIN-WAIT-2, where it was asked; nil where it has nothing.
    ///   - answer: The RST with which this machine itself answered its SYN.
    ///   - isServer: Whether a local port is one that this machine listens on, for connections whose opening was not seen.
    ///   - word: The kernel's word for a reason.
    init(
        _ life: SocketLife, isWhole: Bool, held: TCPState?, answer: (time: UInt64, reason: Int)? = nil,
        isServer: (UInt16) -> Bool, word: (Int) -> String?
    ) {
        let side = Self.side(of: life, isServer)
        let ends = side == .client ? life.ends : life.ends.reversed
        let reading = Reading(life: life, side: side, held: held, isWhole: isWhole, answer: answer)
        let lives = [life, life.peer].compactMap(\.self)
        let reset = reading.reset(word)
        let ending = reading.ending(isReset: reset != nil)
        let first = reading.first(reset)
        let began = lives.map(\.began).min() ?? life.began
        let ended = lives.compactMap { $0.end?.time }.max() ?? began
        let (timeWait, isSeen) = reading.timeWait(ending, first)
        story = Story(
            client: ends.local, server: ends.remote, openerSeen: lives.contains { $0.opener != .unknown },
            opened: Double(began) / 1e9, seconds: Double(ended - began) / 1e9, firstToClose: first, ending: ending,
            timeWait: timeWait, timeWaitSeen: isSeen, reset: reset,
            directionsSeen: life.peer != nil ? .both : side == .client ? .client : .server)
        (client, server) = side == .client ? (life.program, life.peer?.program) : (life.peer?.program, life.program)
        isClientHere = side == .client || life.peer != nil
        isServerHere = side == .server || life.peer != nil || answer != nil
    }

    private static func side(of life: SocketLife, _ isServer: (UInt16) -> Bool) -> Side {
        for (life, isOther) in [(life, false), (life.peer, true)] {
            switch life?.opener {
            case .connected: return isOther ? .server : .client
            case .accepted: return isOther ? .client : .server
            default: break
            }
        }
        if isServer(life.ends.local.port) { return .server }
        if isServer(life.ends.remote.port), life.peer != nil { return .client }
        // A guess: servers have the lower port.
        return life.ends.local.port < life.ends.remote.port ? .server : .client
    }
}

/// What the lives of the ends of one connection come to.
private struct Reading {
    let life: SocketLife
    let side: Side
    let held: TCPState?
    let isWhole: Bool
    let answer: (time: UInt64, reason: Int)?

    private var lives: [(life: SocketLife, side: Side)] {
        [(life, side)] + (life.peer.map { [($0, side.other)] } ?? [])
    }

    /// A FIN that nobody acknowledges is sent again for longer than this (net/ipv4/tcp_timer.c, tcp_orphan_retries: 8 times,
    /// with pauses that double from 200 ms on).
    private static let patience: UInt64 = 10_000_000_000

    /// Before this a SYN is not sent again (include/net/tcp.h, TCP_TIMEOUT_INIT: 1 s): what ends the attempt earlier is an
    /// answer.
    private static let firstTimeout: UInt64 = 900_000_000

    func ending(isReset: Bool) -> Story.Ending {
        let end = life.end
        if life.opener == .connected, end?.from == .synSent {
            let isAnswered = life.received != nil || (end?.time ?? 0) - life.began < Self.firstTimeout
            return isAnswered ? .refused : .timedOut
        }
        if isReset { return .rst }
        if life.peer == nil, end?.from == .finWait2 { return held == .timeWait ? .fin : .open }
        let isGivenUp = lives.contains { life, _ in
            guard let end = life.end else { return false }
            switch end.from {
            case .lastAck, .closing: return end.time - life.changed > Self.patience
            case .finWait2: return false
            // Nothing that a peer says leads from these states to CLOSED but a RST.
            default: return true
            }
        }
        return isGivenUp ? isWhole ? .timedOut : .open : .fin
    }

    /// Whose FIN came first, or whose RST where that came before any FIN.
    func first(_ reset: Story.Reset?) -> Outcome.Holder {
        let resetTime = lives.compactMap { $0.life.sent?.time ?? $0.life.received }.min() ?? .max
        let views = lives.filter { $0.life.firstTime <= resetTime }.map { life, side -> Outcome.Holder in
            switch life.first {
            case .nobody: .none
            case .here: holder(side)
            case .there: holder(side.other)
            case .both: .both
            }
        }.filter { $0 != .none }
        if views.contains(.both) || Set(views).count > 1 { return .both }
        return views.first ?? reset.map { holder($0.from) } ?? .none
    }

    private func holder(_ side: Side) -> Outcome.Holder { side == .client ? .client : .server }

    /// Who holds TIME-WAIT, and whether the table has shown it.
    func timeWait(_ ending: Story.Ending, _ first: Outcome.Holder) -> (Story.TimeWait, Bool) {
        switch ending {
        case .fin: (Self.holder(first), held == .timeWait)
        case .rst, .refused, .timedOut: (.none, false)
        case .open: (.unknown, false)
        }
    }

    private static func holder(_ first: Outcome.Holder) -> Story.TimeWait {
        switch first {
        case .client: .client
        case .server: .server
        case .both: .both
        // Its end began before the watch.
        case .none: .unknown
        }
    }

    /// The first RST. One that was only received is known to come from the other side.
    func reset(_ word: (Int) -> String?) -> Story.Reset? {
        let sent = lives.compactMap { life, side in life.sent.map { (side: side, time: $0.time, reason: $0.reason) } }
        if let first = sent.min(by: { $0.time < $1.time }) {
            let reason = word(first.reason)
            let (cause, candidates) = Self.cause(reason, isRefusal: life.end?.from == .synSent)
            return Story.Reset(
                from: first.side, cause: cause, reason: reason, knownFrom: .kernel, candidates: candidates)
        }
        guard let receiver = lives.first(where: { $0.life.received != nil }) else { return nil }
        let isRefusal = receiver.life.end?.from == .synSent
        let reason = answer.flatMap { word($0.reason) }
        return Story.Reset(
            from: receiver.side.other, cause: isRefusal ? .refused : .unknown, reason: reason, knownFrom: .kernel,
            candidates: isRefusal
                ? [] : [.lingerZero, .unreadData, .lateData, .noConnection, .disconnect, .keepalive])
    }

    /// The kernel's reasons (include/net/rstreason.h). TCP_STATE is what close() with SO_LINGER {on, 0} and connect(AF_UNSPEC)
    /// have in common (net/ipv4/tcp.c, tcp_disconnect), and what a listener's close() gives to those it never accepted.
    private static func cause(_ reason: String?, isRefusal: Bool) -> (ResetCause, candidates: [ResetCause]) {
        if isRefusal { return (.refused, []) }
        return switch reason {
        case "TCP_ABORT_ON_CLOSE": (.unreadData, [])
        case "TCP_ABORT_ON_DATA", "TCP_TIMEWAIT_SOCKET": (.lateData, [])
        case "TCP_KEEPALIVE_TIMEOUT": (.keepalive, [])
        case "TCP_DISCONNECT_WITH_DATA": (.disconnect, [])
        case "NO_SOCKET": (.noConnection, [])
        case "TCP_STATE": (.unknown, [.lingerZero, .disconnect])
        case nil: (.unknown, [.lingerZero, .unreadData, .lateData, .disconnect, .keepalive])
        default: (.unknown, [])
        }
    }
}
