package import TCPSockets
import Text

/// What looking at the socket table again and again shows, for those who may not trace.
package struct Sample: Sendable {
    private struct Count {
        var established = 0
        var closeWait = 0
        var timeWait = 0
        /// TIME-WAITs that were not there at the look before.
        var newTimeWait = 0
    }

    /// What such looks cannot see.
    package static let caution =
        "From the socket table, once a second. Mostly not seen: connections that end by RST, or that the other side "
        + "closes first. Never seen: programs of ended connections; why a RST was sent. chat-lab watch as "
        + "root sees these."

    private let ports: Set<UInt16>
    private var before: Set<SocketEnds>?
    private var counts: [String: Count] = [:]
    private var looks = 0

    /// - Parameter ports: Only sockets with one of these at either end; empty for all.
    package init(ports: [UInt16] = []) { self.ports = Set(ports) }

    /// Takes in the table as it is now.
    package mutating func look(at entries: [SocketEntry]) {
        let listening = Set(entries.lazy.filter { $0.state == .listen }.map(\.local.port))
        var timeWaits: Set<SocketEnds> = []
        counts = [:]
        for entry in entries where entry.state != .listen && entry.state != .closed {
            guard ports.isEmpty || ports.contains(entry.local.port) || ports.contains(entry.remote.port) else {
                continue
            }
            let isServer = listening.contains(entry.local.port)
            let service = isServer ? "\(entry.local.unmapped) here" : "\(entry.remote.unmapped)"
            switch entry.state {
            case .established: counts[service, default: Count()].established += 1
            case .closeWait: counts[service, default: Count()].closeWait += 1
            case .timeWait:
                let ends = SocketEnds(local: entry.local, remote: entry.remote)
                timeWaits.insert(ends)
                counts[service, default: Count()].timeWait += 1
                if let before, !before.contains(ends) { counts[service, default: Count()].newTimeWait += 1 }
            default: break
            }
        }
        before = timeWaits
        looks += 1
    }

    /// As many services as there is room for, those with the most new TIME-WAITs first.
    package func text(columns: Int, rows: Int = .max) -> String {
        let width = max(20, columns - 50)
        func line(_ name: String, _ figures: [String]) -> String {
            cut(name, to: width) + String(repeating: " ", count: max(0, width - Text.columns(of: name)))
                + figures.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
        }
        let sorted = counts.sorted {
            ($1.value.newTimeWait, $1.value.timeWait, $0.key) < ($0.value.newTimeWait, $0.value.timeWait, $1.key)
        }
        let caution = TextLayout.paragraph(Self.caution, width: columns, indent: 0)
        let heading = line("SERVICE", ["ESTABLISHED", "CLOSE-WAIT", "TIME-WAIT", "NEW T-W/S"])
        let lines = sorted.prefix(max(1, rows == .max ? rows : rows - caution.count - 1)).map { name, count in
            line(
                name,
                [
                    count.established.grouped, count.closeWait.grouped, count.timeWait.grouped,
                    looks < 2 ? "-" : count.newTimeWait.grouped,
                ])
        }
        return (caution + [heading] + lines).joined(separator: "\n")
    }
}
