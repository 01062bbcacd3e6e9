package import TCPSockets

/// What two connections must have in common for their local ports to have to differ.
package struct Route: Sendable, Hashable, CustomStringConvertible {
    package let source: IPAddress
    package let destination: Endpoint

    package var description: String { "\(source) → \(destination)" }
}

/// The ports of a destination that this machine connects to from ephemeral ports, and how long they will do.
package struct DestinationPorts: Sendable, Hashable {
    package let route: Route
    /// How many ephemeral ports there are for it.
    package let ports: Int
    /// How many of them TIME-WAIT has.
    package let timeWait: Int
    /// How many of them connections have that are not over.
    package let live: Int
    package let isLoopback: Bool
    /// The rates that it sustains, from now on and with what one could do.
    package let rates: Rates

    package var free: Int { max(0, ports - timeWait - live) }
    package var share: Double { ports > 0 ? Double(timeWait + live) / Double(ports) : 1 }

    /// New connections a second that can go on for ever, from one address of this machine, if each ends before the next
    /// that needs its port begins; nil where TIME-WAIT sets no limit.
    package struct Rates: Sendable, Hashable {
        /// With the settings as they are, when this side closes first.
        package let now: Double?
        /// Whether tcp_tw_reuse already has a part in that.
        package let reusesNow: Bool
        /// With tcp_tw_reuse = 1.
        package let withReuse: Double?
        /// What each further port or address of the destination, or address of this machine, adds.
        package let perFurtherAddress: Double?
        /// With ports from 1024 on, less those that are reserved.
        package let withWidestRange: Double?
    }

    init(_ route: Route, ports: Int, timeWait: Int, live: Int, settings: NetworkSettings) {
        (self.route, self.ports, self.timeWait, self.live) = (route, ports, timeWait, live)
        let isLoopback = route.destination.address.isLoopback || route.source.isLoopback
        self.isLoopback = isLoopback
        let reuses = settings.reusesTimeWait(overLoopback: isLoopback)
        let seconds = reuses ? settings.secondsUntilReuse : NetworkSettings.secondsOfTimeWait
        func rate(_ ports: Int, _ seconds: Double) -> Double? { seconds > 0 ? Double(max(0, ports)) / seconds : nil }
        let reserved = settings.ephemeralPorts.reserved.ranges.reduce(0) { $0 + $1.count { $0 >= 1024 } }
        rates = Rates(
            now: rate(ports - live, seconds), reusesNow: reuses,
            withReuse: rate(ports - live, settings.secondsUntilReuse), perFurtherAddress: rate(ports, seconds),
            withWidestRange: rate(64_512 - reserved - live, seconds))
    }

    /// The fewest free ports first, and then always in the same order.
    var order: (Int, UInt128, UInt16, UInt128) {
        (free, route.destination.address.bits, route.destination.port, route.source.bits)
    }
}

extension IPAddress {
    /// 127.0.0.0/8 or ::1 (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
    var isLoopback: Bool {
        let address = unmapped
        return address.family == .v4 ? address.bits >> 24 == 127 : address == .loopbackV6
    }
}
