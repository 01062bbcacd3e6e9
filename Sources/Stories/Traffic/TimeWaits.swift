package import TCPSockets

/// How many connections in TIME-WAIT each host has at once.
///
/// It lasts 60 s, as on Linux (include/net/tcp.h, TCP_TIMEWAIT_LEN); RFC 9293 section 3.4.2 has four minutes, and others have
/// other times.
package struct TimeWaits: Sendable {
    package static let seconds = 60.0
    /// Hosts beyond these are not counted.
    private static let limit = 100_000

    private struct Holder {
        let expires: Double
        var host: Int32
        let isClient: Bool
    }

    private struct Host {
        let address: IPAddress
        var now = 0
        var most = 0
        /// Of these, those that hold a port of its own: it was the client.
        var nowAsClient = 0
        var mostAsClient = 0

        mutating func count(_ change: Int, isClient: Bool) {
            now += change
            most = max(most, now)
            guard isClient else { return }
            nowAsClient += change
            mostAsClient = max(mostAsClient, nowAsClient)
        }
    }

    private var places: [IPAddress: Int32] = [:]
    private var hosts: [Host] = []
    /// In order of expiry; those before `first` are over.
    private var holders: [Holder] = []
    private var first = 0
    /// The number of what stands at the beginning of `holders`, counted from 1.
    private var base: UInt32 = 1

    /// The most that each host had at once.
    package var most: [(address: IPAddress, count: Int, asClient: Int)] {
        hosts.map { ($0.address, $0.most, $0.mostAsClient) }
    }

    /// A host has one more from now on.
    ///
    /// - Returns: Its number, for `end`; 0 where it is not counted.
    mutating func begin(_ address: IPAddress, isClient: Bool, at time: Double) -> UInt32 {
        expire(until: time)
        guard let place = place(of: address) else { return 0 }
        hosts[Int(place)].count(1, isClient: isClient)
        let expires = max(time + Self.seconds, holders.last?.expires ?? 0)
        holders.append(Holder(expires: expires, host: place, isClient: isClient))
        return base &+ UInt32(truncatingIfNeeded: holders.count - 1)
    }

    /// It ends before its time: another connection has taken its place.
    mutating func end(_ number: UInt32) {
        guard number != 0 else { return }
        let index = Int(number &- base)
        guard index >= first, index < holders.count, holders[index].host >= 0 else { return }
        hosts[Int(holders[index].host)].count(-1, isClient: holders[index].isClient)
        holders[index].host = -1
    }

    private mutating func expire(until time: Double) {
        while first < holders.count, holders[first].expires <= time {
            let host = holders[first].host
            if host >= 0 { hosts[Int(host)].count(-1, isClient: holders[first].isClient) }
            first += 1
        }
        guard first > 4096, first > holders.count / 2 else { return }
        holders.removeSubrange(..<first)
        base &+= UInt32(truncatingIfNeeded: first)
        first = 0
    }

    private mutating func place(of address: IPAddress) -> Int32? {
        if let place = places[address] { return place }
        guard hosts.count < Self.limit else { return nil }
        let place = Int32(hosts.count)
        hosts.append(Host(address: address))
        places[address] = place
        return place
    }
}
