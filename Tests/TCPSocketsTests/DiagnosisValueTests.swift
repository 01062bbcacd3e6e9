import Testing

@testable import TCPSockets

@Suite("What a diagnosis is made of")
struct DiagnosisValueTests {
    @Test(
        "Each bound of IP_LOCAL_PORT_RANGE counts only where it lies in the system's range",
        arguments: [
            (40_000...40_009, 40_000...40_009), (60_998...62_000, 60_998...60_999), (100...40_000, 32_768...40_000),
            (61_000...62_000, 32_768...60_999), (100...200, 32_768...60_999), (100...62_000, 32_768...60_999),
        ] as [(ClosedRange<UInt16>, ClosedRange<UInt16>)])
    func effectiveRange(_ own: ClosedRange<UInt16>, _ effective: ClosedRange<UInt16>) {
        #expect(EphemeralPorts.effective(own, within: 32_768...60_999) == effective)
    }

    @Test("Of an odd range connect() leaves one port untried, but not of a socket's own, nor of a single one")
    func untried() {
        #expect(EphemeralPorts(range: 40_000...40_002).untriedByConnect == 1)
        #expect(EphemeralPorts(range: 40_000...40_003).untriedByConnect == 0)
        #expect(EphemeralPorts(range: 40_000...40_002, isOwnRange: true).untriedByConnect == 0)
        #expect(EphemeralPorts(range: 40_000...40_000).untriedByConnect == 0)
        #expect(EphemeralPorts(range: 40_000...40_002, isOwnRange: true).untriedByBind == 1)
        #expect(EphemeralPorts(range: 40_000...40_001, isOwnRange: true).untriedByBind == 0)
        #expect(EphemeralPorts(range: 40_000...40_009, reserved: PortList("40003,40008-50000")).count == 7)
    }

    private func orphan(_ state: TCPState, _ kind: SocketEntry.TimerKind, inode: UInt32 = 0) -> SocketEntry {
        SocketEntry(
            local: Endpoint(.loopbackV4, port: 1), remote: Endpoint(.loopbackV4, port: 2), state: state,
            timer: .init(kind: kind, remaining: .seconds(3)), inode: inode)
    }

    @Test("Only a timer that ends a socket tells when it ends")
    func timeLeft() {
        #expect(orphan(.timeWait, .timeWait).timeLeft == .exactly(.seconds(3)))
        #expect(orphan(.finWait2, .timeWait).timeLeft == .exactly(.seconds(3)))
        #expect(orphan(.finWait2, .keepalive).timeLeft == .atLeast(.seconds(3)))
        #expect(orphan(.finWait2, .keepalive, inode: 1).timeLeft == nil)
        for kind in [SocketEntry.TimerKind.retransmission, .keepalive, .zeroWindowProbe] {
            #expect(orphan(.finWait1, kind).timeLeft == nil)
            #expect(orphan(.lastAck, kind).timeLeft == nil)
        }
        #expect("\(orphan(.timeWait, .timeWait))" == "127.0.0.1:1 → 127.0.0.1:2 TIME-WAIT")
    }

    @Test("Those that stay come before those that pass, and the port passes only if all do")
    func passing() {
        let end = Endpoint(.loopbackV4, port: 1)
        func diagnosis(_ sockets: [SocketEntry]) -> AddressDiagnosis {
            let holders = sockets.map { PortHolder($0, $0.inode == 0 ? .kernel : .elsewhere) }
            return AddressDiagnosis(
                SocketError(.bind, .addressInUse, endpoint: end), of: AddressRequest(local: end, isIPv6Only: false),
                reason: .held(holders.sorted { $0.order < $1.order }))
        }
        let waiting = orphan(.timeWait, .timeWait)
        let bound = SocketEntry(local: end, remote: end, state: .closed, inode: 1)
        #expect(diagnosis([waiting, orphan(.finWait2, .timeWait)]).isToPass)
        #expect(!diagnosis([waiting, bound]).isToPass)
    }

    @Test("A link-local address is read with its interface, and no other address has one")
    func scopes() throws {
        #expect(try #require(IPAddress("fe80::1%lo")).scope == 1)
        #expect(try #require(IPAddress("fe80::1%1")).scope == 1)
        #expect(try #require(IPAddress("fe80::1")).scope == 0)
        for text in ["fe80::1%", "fe80::1%no-such", "::1%lo", "127.0.0.1%lo"] { #expect(IPAddress(text) == nil) }
    }
}
