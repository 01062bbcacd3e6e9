import Packets
import TCPSockets
import Text

/// One sentence for each service or host where something stands out.
package struct TrafficAdvice {
    private let report: TrafficReport

    /// Linux' ephemeral ports: net.ipv4.ip_local_port_range is 32768-60999 unless somebody has changed it (ip(7)).
    private static let automaticPorts = 28_232

    package init(_ report: TrafficReport) {
        self.report = report
    }

    /// At most so many.
    package func sentences(limit: Int = 8) -> [String] {
        let hosts = report.summary.hosts(report.timeWaits).lazy.compactMap { Self.host("\($0.address)", $0.host) }
        let services = report.summary.servicesBySize.lazy.compactMap { Self.service("\($0.endpoint)", $0.service) }
        return Array((Array(hosts.prefix(limit)) + Array(services.prefix(limit))).prefix(limit))
    }

    private static func host(_ name: String, _ host: TrafficSummary.Host) -> String? {
        let held = host.timeWaitsAsClient
        if held >= automaticPorts / 4 {
            return """
                \(name) had up to \(held.grouped) of its ports in TIME-WAIT at once; Linux has \
                \(automaticPorts.grouped) ephemeral ports for each server: keep connections open, or let the server close first.
                """
        }
        if let count = host.reuses[.neither] {
            return """
                \(name) reused \(counted(count, "port")) with nothing that tells new segments from old: turn TCP timestamps \
                on, or wait 60 s.
                """
        }
        return nil
    }

    private static func service(_ name: String, _ service: TrafficSummary.Service) -> String? {
        func share(_ count: Int) -> Bool { count > 0 && count * 20 >= service.connections }
        let unreachable = service.unreachable.values.reduce(0, +)
        if share(unreachable) {
            let reasons = service.unreachable.keys.map(\.rawValue).sorted().joined(separator: ", ")
            return """
                ICMP answered \(unreachable.grouped) of \(counted(service.connections, "connection")) to \(name) with \
                "\(reasons)": check the firewall and the route.
                """
        }
        if share(service.refused) {
            return
                "\(name) refused \(service.refused.grouped) of \(counted(service.connections, "connection")): nothing listened there, or a firewall rejected it."
        }
        if share(service.unanswered) {
            return """
                \(name) did not answer \(service.unanswered.grouped) of \(counted(service.connections, "connection")): check \
                the firewall, the route, and the listener's backlog.
                """
        }
        if share(service.resetsWithData) {
            return """
                \(counted(service.resetsWithData, "connection")) with \(name) ended by a RST with data unacknowledged, which may be \
                lost: call shutdown(SHUT_WR) and read to the end before close().
                """
        }
        if share(service.zeroWindows.sum) {
            let side = service.zeroWindows.server >= service.zeroWindows.client ? "server" : "client"
            return "The \(side) at \(name) stopped reading before the end: find what it waits for."
        }
        if share(service.halfClosed) {
            return """
                \(counted(service.halfClosed, "connection")) with \(name) stayed half-closed for 10 s or more: one program got \
                the other's FIN and did not call close().
                """
        }
        if share(service.oldDuplicates) {
            return "Old duplicates reached new connections with \(name): do not reuse ports within 60 s."
        }
        let resets = service.resets.values.reduce(0, +)
        if share(resets), service.connections >= 5 {
            return """
                \(resets.grouped) of \(counted(service.connections, "connection")) with \(name) ended by a RST: close() with \
                data unread, or SO_LINGER {on, 0}, causes that.
                """
        }
        return nil
    }
}
