import TCPSockets
import Testing

@testable import Doctor
@testable import TestSupport

@Suite("The exposure of a machine, computed")
struct ExposureTests {
    private let server = "198.51.100.1:80"

    @Test("Sockets are counted by state and by peer, IPv4 addresses mapped into IPv6 as what they are")
    func counts() throws {
        let exposure = Exposure(
            [
                try socket("[::]:80", "[::]:0", .listen), try socket("192.0.2.1:80", "198.51.100.7:5000"),
                try socket("[::ffff:192.0.2.1]:80", "[::ffff:198.51.100.7]:5001", .timeWait),
                try socket("[2001:db8::1]:80", "[2001:db8::2]:5000", .closeWait),
                try socket("192.0.2.1:99", "0.0.0.0:0", .closed),
            ], settings: .made())
        #expect(
            exposure.states == [.listen: 1, .established: 1, .timeWait: 1, .closeWait: 1, .closed: 1])
        #expect(exposure.count == 5)
        #expect(exposure.peers.map { "\($0.address)" } == ["198.51.100.7", "2001:db8::2"])
        #expect(exposure.peers[0].states == [.established: 1, .timeWait: 1])
        #expect(exposure.unclosed.count == 1)
    }

    @Test("Each pair of own address and destination has the ephemeral ports for itself")
    func destinations() throws {
        let sockets =
            try series(40000...40005, to: server) + series(40006...40007, to: server, .established)
            + series(40000...40002, to: "198.51.100.1:81") + series(40000...40000, to: server, from: "192.0.2.9")
        let exposure = Exposure(sockets, settings: .made())
        #expect(exposure.destinations.map(\.free) == [2, 7, 9])
        let first = exposure.destinations[0]
        #expect("\(first.route)" == "192.0.2.1 → 198.51.100.1:80")
        #expect((first.ports, first.timeWait, first.live) == (10, 6, 2))
    }

    @Test("Reserved ports, and those that somebody listens on or is bound to, are given to no connection")
    func kept() throws {
        let settings = NetworkSettings.made(["ip_local_reserved_ports": "39990-40001,40005"])
        #expect(settings.ephemeralPorts.count == 7)
        let exposure = Exposure(
            [
                try socket("0.0.0.0:40002", "0.0.0.0:0", .listen), try socket("127.0.0.1:40003", "0.0.0.0:0", .closed),
                try socket("127.0.0.1:40005", "0.0.0.0:0", .closed), try socket("192.0.2.1:40004", server, .timeWait),
            ], settings: settings)
        #expect(exposure.portsKept == [40002, 40003])
        #expect(exposure.destinations.map(\.ports) == [5])
        #expect(exposure.destinations.map(\.free) == [4])
        #expect(exposure.listenersInRange.map(\.local.port) == [40002])
    }

    @Test("TIME-WAIT at a listener's port, or at a fixed one, uses up none")
    func serverSide() throws {
        let exposure = Exposure(
            [
                try socket("192.0.2.1:40001", "198.51.100.7:5000", .timeWait),
                try socket("192.0.2.1:40001", "198.51.100.7:5001", .established),
                try socket("192.0.2.1:7000", "198.51.100.7:5001", .timeWait),
                try socket("0.0.0.0:40001", "0.0.0.0:0", .listen),
            ], settings: .made())
        #expect(exposure.destinations.isEmpty)
        #expect(exposure.timeWaitAtFixedPorts == 2)
    }

    @Test("Rates: ports by 60 s; by tcp_tw_reuse_delay if tcp_tw_reuse applies")
    func rates() throws {
        func rates(_ from: String, _ to: String, _ changes: [String: String?] = [:]) throws -> DestinationPorts.Rates {
            let sockets =
                try series(40000...40001, to: to, from: from) + series(40002...40003, to: to, from: from, .established)
            return try #require(Exposure(sockets, settings: .made(changes)).destinations.first).rates
        }
        let remote = try rates("192.0.2.1", server)
        #expect(remote.now == 8.0 / 60)
        #expect(remote.reusesNow == false)
        #expect(remote.withReuse == 8)
        #expect(remote.perFurtherAddress == 10.0 / 60)
        #expect(remote.withWidestRange == (64_512.0 - 2) / 60)
        #expect(try rates("127.0.0.1", "127.0.0.1:80").now == 8)
        #expect(try rates("::1".bracketed, "[::1]:80").reusesNow)
        #expect(try rates("192.0.2.1", server, ["tcp_tw_reuse": "1", "tcp_tw_reuse_delay": "500"]).now == 16)
        #expect(try rates("192.0.2.1", server, ["tcp_tw_reuse": "1", "tcp_tw_reuse_delay": nil]).now == 8)
        #expect(try rates("127.0.0.1", "127.0.0.1:80", ["tcp_timestamps": "0"]).now == 8.0 / 60)
        #expect(try rates("192.0.2.1", server, ["tcp_tw_reuse": "1", "tcp_tw_reuse_delay": "0"]).now == nil)
    }

    @Test("Orphans are connections that no program has; a full listener has more in its queue than its length")
    func orphans() throws {
        let exposure = Exposure(
            [
                try socket("192.0.2.1:5000", server, .finWait2, left: .seconds(30), inode: 0),
                try socket("192.0.2.1:5001", server, .finWait2),
                try socket("192.0.2.1:5002", server, .lastAck, inode: 0),
                try socket("0.0.0.0:80", "0.0.0.0:0", .listen, unread: 129, queue: 128),
                try socket("0.0.0.0:81", "0.0.0.0:0", .listen, unread: 128, queue: 128),
            ], settings: .made())
        #expect(exposure.orphans.map(\.local.port) == [5000])
        #expect(exposure.orphanCount == 2)
        // The kernel keeps a FIN-WAIT-2 with a TIME-WAIT timer as it keeps a TIME-WAIT.
        #expect(exposure.fullOrphanCount == 1)
        #expect(exposure.fullListeners.map(\.local.port) == [80])
    }

    @Test("Settings that cannot be read leave the kernel's defaults; nonsense is no crash")
    func settings() {
        #expect(NetworkSettings([:]).ephemeralPorts.count == 28_232)
        #expect(
            NetworkSettings(["ip_local_port_range": "9 1", "ip_local_reserved_ports": "x,5-2,"]).ephemeralPorts.count
                == 28_232)
        #expect(NetworkSettings.read()["tcp_fin_timeout"] != nil)
    }
}

extension String {
    fileprivate var bracketed: String { "[\(self)]" }
}
