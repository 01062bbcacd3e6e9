@testable import Claims
@testable import Packets
@testable import Recordings
@testable import Stories
@testable import TCPSockets

/// A cell as it might have run: by default the article's, which ends as on Linux.
struct SyntheticCell {
    static let connection = FourTuple(
        client: Endpoint(Side.client.address(.v4), port: 50_001),
        server: Endpoint(Side.server.address(.v4), port: 7000))

    var cell = Cell()
    var segments = [CapturedSegment].orderly(first: .client)
    var timeWait: [Side] = [.client]
    var timeLeft = Duration.seconds(60)
    var settledAt = 0.0
    var isServerListening = true
    var clientCalls = [SocketCall.named(.send, at: 1, returned: 5), .named(.close, at: 1.001)]
    var clientStatus: Int32 = 0
    var bind: CallResult? = .failed(.addressInUse)
    var connect: CallResult?
    var reconnectPort = connection.client.port
    var reopening: (before: TCPState, after: TCPState)?
    var freeAfter: Double?

    /// The same cell, changed.
    func with(_ change: (inout SyntheticCell) -> Void) -> SyntheticCell {
        var copy = self
        change(&copy)
        return copy
    }

    /// The second run's calls: nil for bind() where it is not made, and for connect() where it is not reached.
    mutating func secondRun(bind: CallResult?, connect: CallResult?) {
        (self.bind, self.connect) = (bind, connect)
    }

    var result: CellResult {
        get throws {
            let recording = CellRecording(
                cell: cell, connection: Self.connection, segments: segments, reconnectSegments: reconnectSegments,
                client: FinishedProgram(status: clientStatus, calls: clientCalls),
                reconnect: FinishedProgram(status: 0, calls: reconnectCalls),
                serverCalls: [.named(.recv, returned: 5)], serverEnding: .exit,
                aftermath: SocketStates(client: entry(.client), server: entry(.server)), settledAt: settledAt,
                clientCounters: [:], serverCounters: [:], freeAfter: freeAfter)
            return CellResult(recording: recording, outcome: try Outcome(recording))
        }
    }

    private var reconnectCalls: [SocketCall] {
        var calls: [SocketCall] = []
        if let bind { calls.append(.named(.bind, result: bind)) }
        if let connect { calls.append(.named(.connect, result: connect)) }
        if connect == .ok {
            let local = Endpoint(Self.connection.client.address, port: reconnectPort)
            calls.append(.named(.getsockname, address: local))
        }
        return calls
    }

    private var reconnectSegments: [CapturedSegment] {
        guard let reopening else { return [] }
        var syn = CapturedSegment(number: 50, from: .client, .syn)
        let state = { (state: TCPState) in SocketStates(server: entry(.server, state)) }
        syn.deliveries = [.init(time: 2, before: state(reopening.before), after: state(reopening.after))]
        return [syn]
    }

    private func entry(_ side: Side) -> SocketEntry? {
        if timeWait.contains(side) { return entry(side, .timeWait) }
        return side == .server && isServerListening ? entry(side, .listen) : nil
    }

    private func entry(_ side: Side, _ state: TCPState) -> SocketEntry {
        SocketEntry(
            local: Self.connection[side], remote: Self.connection[side.other], state: state,
            timer: state == .timeWait ? .init(kind: .timeWait, remaining: timeLeft) : nil, retransmissions: 0,
            receiveQueue: 0, sendQueue: 0, user: 0, inode: 0)
    }
}

extension SocketCall {
    static func named(
        _ call: SystemCall, at time: Double = 0, returned number: Int = 0, result: CallResult = .ok,
        address: Endpoint? = nil, flags: String = "0"
    ) -> SocketCall {
        var arguments: [String: TraceLine.Value] = ["fd": .integer(5), "flags": .text(flags)]
        if let address { arguments["address"] = .text("\(address)") }
        let errno: Errno? = if case .failed(let errno) = result { errno } else { nil }
        let subject = TraceLine.Subject.call(call, result: errno == nil ? number : -1, errno: errno, state: .closed)
        guard let made = SocketCall(TraceLine(time: time, subject, arguments: arguments)) else {
            preconditionFailure("an event")
        }
        return made
    }
}

extension CapturedSegment {
    init(
        number: Int, from side: Side, _ flags: Segment.Flags, sequence: UInt32 = 0, acknowledgement: UInt32 = 0,
        payload: [UInt8] = [], at time: Double = 1
    ) {
        let connection = SyntheticCell.connection
        let segment = Segment(
            from: connection[side], to: connection[side.other], sequence: sequence, acknowledgement: acknowledgement,
            flags: flags, payload: payload)
        self.init(
            number: number, origin: .host, from: side, segment: segment, time: time, states: SocketStates())
    }
}

extension [CapturedSegment] {
    /// FIN, ACK, FIN, ACK; the side's own sequence numbers begin at 100, the other's at 200.
    static func orderly(first side: Side) -> [CapturedSegment] {
        [
            CapturedSegment(
                number: 0, from: .client, .ack, sequence: 95, payload: Array<UInt8>(repeating: 0, count: 5)),
            CapturedSegment(number: 1, from: side, [.fin, .ack], sequence: 100, acknowledgement: 200, at: 1.001),
            CapturedSegment(number: 2, from: side.other, .ack, sequence: 200, acknowledgement: 101),
            CapturedSegment(number: 3, from: side.other, [.fin, .ack], sequence: 200, acknowledgement: 101, at: 1.002),
            CapturedSegment(number: 4, from: side, .ack, sequence: 101, acknowledgement: 201),
        ]
    }

    /// The second FIN is the ACK of the first.
    static func merged(first side: Side) -> [CapturedSegment] { orderly(first: side).filter { $0.number != 2 } }

    /// Nine bytes of an answer, and the client's RST.
    static let reset = [
        CapturedSegment(number: 0, from: .server, .ack, sequence: 200, payload: Array<UInt8>(repeating: 0, count: 9)),
        CapturedSegment(number: 1, from: .client, [.rst, .ack], sequence: 100, acknowledgement: 200),
    ]

    /// The server had sent its FIN when the RST came, and is told once more.
    static let resetAcrossFIN =
        reset + [
            CapturedSegment(number: 2, from: .server, [.fin, .ack], sequence: 200, acknowledgement: 100),
            CapturedSegment(number: 3, from: .client, .rst, sequence: 100),
        ]
}

/// What the matrix's judges make of a claim, in the order of the findings.
func judgements(_ claim: String, _ cells: SyntheticCell...) throws -> [Bool] {
    try findings(claim, cells).map(\.holds)
}

func findings(_ claim: String, _ cells: [SyntheticCell]) throws -> [Finding] {
    matrixFindings(try cells.map { try $0.result }).filter { $0.claim == claim }
}
