import Packets
import Recordings
import TCPSockets
import Text

// What the judges read off a recording.

extension CellResult {
    /// The client's host keeps TIME-WAIT for a port that the second run asks for by bind().
    var wantsPortInTimeWait: Bool { cell.bind == .explicit && recording.aftermath.state(.client) == .timeWait }

    /// The port from which the second run connected.
    var reconnectPort: UInt16? {
        recording.reconnect.calls.first { $0.call == .getsockname && $0.result == 0 }?.address?.port
    }

    var isFromSamePort: Bool { reconnectPort == recording.connection.client.port }

    /// Whether a side sent a RST in the first conversation.
    func hasReset(from side: Side) -> Bool {
        recording.segments.contains { $0.from == side && $0.origin == .host && $0.segment.flags.contains(.rst) }
    }

    /// Neither host keeps anything of the first connection; the server's host still has its listener.
    var isGoneEverywhere: Bool {
        recording.aftermath.client == nil && [.listen, .closed].contains(recording.aftermath.state(.server))
    }

    /// Bytes that the server sent in the first conversation and the client's program did not take.
    var unreadBytes: Int {
        let sent = recording.segments.filter { $0.from == .server && $0.origin == .host }
        return sent.reduce(0) { $0 + $1.segment.payload.count } - recording.client.calls.bytes(moved: .recv)
    }

    /// Seconds from the client's last send() to its close().
    var pauseBeforeClose: Double? {
        let calls = recording.client.calls
        guard let send = calls.last(where: { $0.call == .send }), let close = calls.last(where: { $0.call == .close })
        else { return nil }
        return close.time - send.time
    }

    /// Seconds from the client's last segment with data to its first FIN.
    var pauseBeforeFIN: Double? {
        let sent = recording.segments.filter { $0.from == .client && $0.origin == .host }
        guard let end = sent.firstIndex(where: { $0.segment.flags.contains(.fin) }) else { return nil }
        let data = sent[...end].last { !$0.segment.payload.isEmpty }
        return data.map { sent[end].time - $0.time }
    }

    /// How long the kernel keeps each TIME-WAIT, by its own timer, counted from the segment with which it began: seconds.
    var timeWaitLengths: [Double] {
        let sample = StateSample(
            time: recording.settledAt, connection: recording.connection, states: recording.aftermath)
        return Side.allCases.filter { recording.aftermath.state($0) == .timeWait }.compactMap { side in
            sample.lifetime(of: side, in: recording.segments)
        }
    }

    /// How many segments ended the connection: each RST, each side's FIN, and for each FIN the first segment that
    /// acknowledged it, which may be the other side's FIN. A FIN that was sent again is counted once.
    var endingSegments: Int {
        let sent = recording.segments.filter { $0.origin == .host }
        let fins = Side.allCases.compactMap { side in
            sent.first { $0.from == side && $0.segment.flags.contains(.fin) }
        }
        var numbers = Set((fins + sent.filter { $0.segment.flags.contains(.rst) }).map(\.number))
        for fin in fins {
            if let acknowledgement = acknowledgement(of: fin) { numbers.insert(acknowledgement.number) }
        }
        return numbers.count
    }

    /// Whether one RST was enough: of those that arrived, one met a socket of the connection, and in the end neither host
    /// kept anything. (What was there right after it does not tell: while a program holds its socket, a segment waits.)
    var isEndedByOneReset: Bool {
        let met = recording.segments.filter { $0.segment.flags.contains(.rst) }.flatMap { reset in
            reset.deliveries.filter { ![.closed, .listen].contains($0.before.state(reset.from.other)) }
        }
        return met.count == 1 && isGoneEverywhere
    }

    /// The first segment of the other side that acknowledges a FIN.
    func acknowledgement(of fin: CapturedSegment) -> CapturedSegment? {
        recording.segments.first {
            $0.origin == .host && $0.from == fin.from.other && $0.number > fin.number
                && $0.segment.flags.contains(.ack) && $0.segment.acknowledgement == fin.segment.end
        }
    }

    /// Whether the client's program read as far as the server's FIN.
    var readToEndOfStream: Bool { recording.client.calls.contains { $0.call == .recv && $0.result == 0 } }

    /// What the server's host was when the second run's first SYN reached it, and right after.
    var reopening: (before: TCPState, after: TCPState)? {
        let syn = recording.reconnectSegments.first {
            $0.from == .client && $0.connection == recording.connection && $0.segment.flags.contains(.syn)
        }
        return syn?.deliveries.first.map { ($0.before.state(.server), $0.after.state(.server)) }
    }
}

extension CellResult {
    /// The second run's calls in words.
    var secondRun: String {
        let (bind, connect) = (outcome.reconnect.bind, outcome.reconnect.connect)
        return switch (bind, connect) {
        case (.ok, .ok?): "bind() and connect() both succeeded"
        case (.notCalled, .ok?): "connect() succeeded"
        case (.notCalled, let connect?): "connect() failed with \(connect)"
        case (.ok, let connect?): "bind() succeeded and connect() failed with \(connect)"
        case (.ok, nil): "bind() succeeded and connect() was not called"
        case (let errno, _): "bind() failed with \(errno)"
        }
    }

    /// Why the kernel let the second run pass, or did not; nil where nothing stood in its way.
    var explanation: String? {
        guard wantsPortInTimeWait else { return nil }
        return switch (outcome.reconnect.bind, outcome.reconnect.connect) {
        case (.failed(.addressInUse), _):
            """
            A socket in TIME-WAIT still owns its port, and bind() shares the port with it only if both \
            sockets set SO_REUSEADDR (net/ipv4/inet_connection_sock.c, inet_csk_get_port and inet_csk_bind_conflict).
            """
        case (.ok, .failed(.addressNotAvailable)?):
            """
            connect() finds the TIME-WAIT with the same addresses and ports. It may not replace one whose connection used \
            no timestamps (net/ipv4/inet_hashtables.c, __inet_check_established; net/ipv4/tcp_ipv4.c, tcp_twsk_unique).
            """
        case (.ok, .ok?) where cell.timestamps:
            """
            connect() replaces a TIME-WAIT whose connection used timestamps. If bind() chose the port, it does so for any \
            value of net.ipv4.tcp_tw_reuse (net/ipv4/tcp_ipv4.c, tcp_twsk_unique).
            """
        default: nil
        }
    }
}

extension MatrixCells {
    /// Every explanation that applies, once.
    var explanation: String {
        grouped { $0.explanation ?? "" }.map(\.key).filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension Sequence<Double> {
    /// Such as `59.9 to 60.0`, or `60.0` where one figure stands for all.
    var range: String {
        guard let least = self.min(), let most = self.max() else { return "" }
        let (low, high) = (least.fixed(1), most.fixed(1))
        return low == high ? low : "\(low) to \(high)"
    }
}
