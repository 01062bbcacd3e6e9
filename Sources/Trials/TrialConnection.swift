import Packets
package import Recordings
package import Stories
package import TCPSockets

/// One connection between the hosts, with its story.
package struct TrialConnection: Sendable {
    package let ends: FourTuple
    package let segments: [CapturedSegment]
    package let story: Story
    /// The host that opened it: the client of the story.
    package let opener: Side
    /// The program that opened it, where it was seen.
    package let owner: SocketOwner?
    /// What both hosts kept of it in the end.
    package let states: SocketStates
    /// Whether the program that closed first still had its socket when the other side's FIN came: it had called shutdown(), or
    /// else close(). nil where that was not seen.
    package let keptSocket: Bool?

    /// The host that plays a part in the story.
    package func host(_ part: Side) -> Side { opener == .client ? part : part.other }
}

/// What all connections are told from.
struct ConnectionEvidence: Sendable {
    let segments: [CapturedSegment]
    /// By the number of the SYN.
    let owners: [Int: SocketOwner]
    /// Both hosts' sockets in the end.
    let sockets: [Side: [SocketEntry]]
    /// How much both hosts' counters have grown.
    let counters: [Side: [String: Int]]
    /// When it was over, on the recording's clock.
    let end: Double
}

extension TrialConnection {
    private struct Part {
        let ends: FourTuple
        var history: ConnectionHistory
        var segments: [CapturedSegment]
        /// Whether no other connection between these ends followed.
        var isLast = true
        var opener: Side { history.client == ends.client ? .client : .server }
    }

    /// All connections, in the order in which they began.
    static func all(in evidence: ConnectionEvidence) -> [TrialConnection] {
        let parts = parts(of: evidence.segments)
        let unexplained = parts.map { $0.history.story(until: evidence.end) }
        let tables = Dictionary(
            uniqueKeysWithValues: Side.allCases.map { side in (side, table(evidence.sockets[side] ?? [])) })
        let attributions = Dictionary(
            uniqueKeysWithValues: Side.allCases.map { side in
                let resets = zip(parts, unexplained).compactMap { part, story in
                    story.reset.flatMap { reset in (reset.from == .client) == (part.opener == side) ? reset : nil }
                }
                return (side, ResetAttribution(resets, counters: evidence.counters[side] ?? [:]))
            })
        return zip(parts, unexplained).map { part, story in
            let states = states(of: part, tables)
            func host(_ side: Side) -> Side { part.opener == .client ? side : side.other }
            let cause = story.reset.flatMap { reset in attributions[host(reset.from)]?.cause(of: reset) }
            let holder = Outcome.holder { states.state(host($0)) == .timeWait }
            let full = part.history.story(
                until: evidence.end, timeWait: holder, cause: cause.map { ($0, reason: nil) })
            let syn = part.segments.first?.number
            return TrialConnection(
                ends: part.ends, segments: part.segments, story: full, opener: part.opener,
                owner: syn.flatMap { evidence.owners[$0] }, states: states,
                keptSocket: keptSocket(part.segments, full, host))
        }
    }

    private static func parts(of segments: [CapturedSegment]) -> [Part] {
        var parts: [Part] = []
        var current: [FourTuple: Int] = [:]
        for captured in segments where captured.origin == .host {
            let header = captured.segment.header
            if let index = current[captured.connection], !parts[index].history.isFollowed(by: header) {
                parts[index].history.add(header, at: captured.time)
                parts[index].segments.append(captured)
                continue
            }
            if let index = current[captured.connection] { parts[index].isLast = false }
            current[captured.connection] = parts.count
            parts.append(
                Part(
                    ends: captured.connection, history: ConnectionHistory(header, at: captured.time),
                    segments: [captured]))
        }
        return parts
    }

    private struct Ends: Hashable {
        let local, remote: Endpoint
    }

    /// A listener has no other end.
    private static func table(_ entries: [SocketEntry]) -> [Ends: SocketEntry] {
        let connections = entries.filter { $0.state != .listen }
        return Dictionary(connections.map { (Ends(local: $0.unmapped.local, remote: $0.unmapped.remote), $0) }) {
            first, _ in first
        }
    }

    /// What was kept of it in the end, or, where another connection took its place or its TIME-WAIT is over already, when its last
    /// segment had arrived.
    private static func states(of part: Part, _ tables: [Side: [Ends: SocketEntry]]) -> SocketStates {
        let last = part.segments.last { !$0.deliveries.isEmpty }?.deliveries.last?.after ?? SocketStates()
        guard part.isLast else { return last }
        func entry(_ side: Side) -> SocketEntry? {
            let now = tables[side]?[Ends(local: part.ends[side], remote: part.ends[side.other])]
            return now ?? (last.state(side) == .timeWait ? last[side] : nil)
        }
        return SocketStates(client: entry(.client), server: entry(.server))
    }

    /// Looked at just before the other side's FIN arrived. The kernel takes the socket from its program when that calls
    /// close(), and not when it calls shutdown() (net/ipv4/tcp.c, __tcp_close, sock_orphan()).
    private static func keptSocket(_ segments: [CapturedSegment], _ story: Story, _ host: (Side) -> Side) -> Bool? {
        let first: Side
        switch story.firstToClose {
        case .client: first = host(.client)
        case .server: first = host(.server)
        case .both, .none: return nil
        }
        guard
            let fin = segments.first(where: { $0.from == first.other && $0.segment.flags.contains(.fin) }),
            let entry = fin.deliveries.first?.before[first], [.finWait1, .finWait2].contains(entry.state)
        else { return nil }
        return entry.inode != 0
    }
}

extension SocketEntry {
    /// As its segments have it: a socket of IPv6 that takes IPv4 too shows `::ffff:192.0.2.2` (ipv6(7)).
    fileprivate var unmapped: (local: Endpoint, remote: Endpoint) {
        (
            Endpoint(local.address.unmapped, port: local.port), Endpoint(remote.address.unmapped, port: remote.port)
        )
    }
}
