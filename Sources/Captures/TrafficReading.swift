package import Packets
package import Stories

/// One passage through a capture, from packets to connections and what they come to.
package final class TrafficReading {
    package private(set) var table = ConnectionTable()
    package private(set) var summary = TrafficSummary()
    package private(set) var oddest: OddestConnections
    package private(set) var traces: [Int: TracedConnection] = [:]
    package private(set) var packets = 0
    package private(set) var segments = 0
    /// What was not read, and how many packets of it.
    package private(set) var others: [Packet.Other: Int] = [:]
    private var first = Double.infinity
    private var last = -Double.infinity
    private let traced: Set<Int>
    private let captures: ConnectionCaptures?
    private let hand: (TrafficConnection) -> Void

    /// From the earliest packet to the latest, in seconds since 1970; nil where there was none.
    package var span: ClosedRange<Double>? { first <= last ? first...last : nil }

    /// - Parameters:
    ///   - top: How many of the oddest are kept.
    ///   - traced: The numbers of the connections whose segments are kept.
    ///   - captures: Takes their packets.
    ///   - hand: Takes each connection when it is over.
    package init(
        top: Int, traced: Set<Int> = [], captures: ConnectionCaptures? = nil,
        hand: @escaping (TrafficConnection) -> Void = { _ in }
    ) {
        oddest = OddestConnections(limit: top)
        (self.traced, self.captures, self.hand) = (traced, captures, hand)
    }

    /// Reads a capture to its end, or until nobody wants more of it. What was read stands also where this throws.
    ///
    /// - Throws: `CaptureError`.
    package func read(_ capture: Capture, while isWanted: () -> Bool = { true }) throws {
        defer { finish() }
        while let packet = try capture.next() {
            try add(packet)
            guard isWanted() else { return }
        }
    }

    private func add(_ packet: CapturedPacket) throws {
        packets += 1
        first = min(first, packet.time)
        last = max(last, packet.time)
        switch Packet(packet.bytes, link: packet.link, length: packet.length) {
        case .other(let other): others[other, default: 0] += 1
        case .unreachable(let error):
            if !table.add(error, at: packet.time) { others[.notTCP, default: 0] += 1 }
        case .segment(let segment):
            segments += 1
            let number = table.add(segment, at: packet.time, take)
            if let number, traced.contains(number) {
                traces[number, default: TracedConnection()].add(segment, at: packet.time)
                try captures?.add(packet, to: number)
            }
        }
    }

    /// Nothing more came for a while: what is over is handed out.
    package func settle() { table.settle(take) }

    private func finish() { table.finish(take) }

    private func take(_ connection: TrafficConnection) {
        summary.add(connection)
        oddest.add(connection)
        hand(connection)
    }
}
