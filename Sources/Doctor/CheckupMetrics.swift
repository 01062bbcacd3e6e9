import TCPSockets
import Text

/// A checkup in OpenMetrics text (OpenMetrics 1.0), for the textfile collector of Prometheus' node exporter.
package struct CheckupMetrics: Sendable {
    private let checkup: Checkup
    private let top: Int

    /// - Parameter top: How many destinations and processes are listed.
    package init(_ checkup: Checkup, top: Int = 10) { (self.checkup, self.top) = (checkup, top) }

    package var text: String {
        let exposure = checkup.exposure
        let destinations = exposure.destinations.prefix(top)
        func of(_ value: (DestinationPorts) -> Double?) -> [Sample] {
            destinations.compactMap { destination in
                let labels = [
                    ("source", "\(destination.route.source)"), ("destination", "\(destination.route.destination)"),
                ]
                return value(destination).map { Sample(labels: labels, value: $0) }
            }
        }
        let families: [Family] = [
            Family(
                "sockets", "TCP sockets of this network namespace, by state.",
                exposure.states.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    Sample(labels: [("state", "\($0.key)")], value: Double($0.value))
                }),
            Family(
                "ephemeral_ports", "Ephemeral ports (ip_local_port_range without reserved ports).",
                [
                    Sample(value: Double(checkup.settings.ephemeralPorts.count))
                ]),
            Family(
                "destination_time_wait", "Ephemeral ports held by TIME-WAIT, by destination.",
                of { Double($0.timeWait) }),
            Family("destination_live", "Ephemeral ports held by live connections.", of { Double($0.live) }),
            Family("destination_ports_free", "Ephemeral ports left.", of { Double($0.free) }),
            Family(
                "destination_connections_per_second_limit",
                "New connections a second that this side can sustain when it closes first.", of { $0.rates.now }),
            Family(
                "close_wait", "Sockets in CLOSE-WAIT, by process: the peer closed, the program did not.",
                checkup.leaks.prefix(top).map { leak in
                    Sample(
                        labels: [
                            ("process", leak.owner.map { "\($0.process)" } ?? ""),
                            ("name", leak.owner.map { visible($0.name) } ?? ""),
                        ], value: Double(leak.sockets.count))
                }),
            Family(
                "listen_overflows", "SYNs and ACKs dropped because a listener's queue was full (ListenOverflows).",
                checkup.listenOverflows.map { [Sample(value: Double($0))] } ?? [], isCounter: true),
            Family(
                "time_wait_overflows", "TIME-WAITs skipped because of tcp_max_tw_buckets (TCPTimeWaitOverflow).",
                checkup.timeWaitOverflows.map { [Sample(value: Double($0))] } ?? [], isCounter: true),
            Family(
                "advice", "Findings, by severity.",
                Advice.Severity.allCases.map { severity in
                    Sample(
                        labels: [("severity", severity.rawValue)],
                        value: Double(checkup.advice.count { $0.severity == severity }))
                }),
        ]
        return (families.flatMap(\.lines) + ["# EOF"]).joined(separator: "\n")
    }

    private struct Sample {
        var labels: [(String, String)] = []
        let value: Double

        var text: String {
            let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
            let number = value == value.rounded() ? "\(Int(value))" : "\(value.rounded(toDigits: 1))"
            return (pairs.isEmpty ? "" : "{\(pairs)}") + " \(number)"
        }

        private static func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    /// A metric family: nothing where there is no sample.
    private struct Family {
        let lines: [String]

        init(_ name: String, _ help: String, _ samples: [Sample], isCounter: Bool = false) {
            let name = "chat_lab_\(name)"
            lines =
                samples.isEmpty
                ? []
                : ["# TYPE \(name) \(isCounter ? "counter" : "gauge")", "# HELP \(name) \(help)"]
                    + samples.map { "\(name)\(isCounter ? "_total" : "")\($0.text)" }
        }
    }
}
