import TCPSockets
import Testing

@testable import Doctor
@testable import TestSupport

@Suite("Who has a port, computed")
struct PortViewTests {
    private func view(_ sockets: [SocketEntry]) -> PortView {
        PortView(of: 7000, in: sockets, settings: .made(["tcp_tw_reuse": "0"]), owners: { _ in SocketOwners(of: []) })
    }

    @Test("Nothing")
    func nothing() throws {
        let view = view([try socket("0.0.0.0:7001", "0.0.0.0:0", .listen)])
        #expect(view.holders.isEmpty && !view.isHeldByTheLiving && !view.isToPass)
        #expect(ExplainText().text(view).contains("Nothing has it"))
    }

    @Test("The living come first, then what passes, the longest first")
    func order() throws {
        let view = view([
            try socket("127.0.0.1:7000", "127.0.0.1:1", .timeWait, left: .seconds(3)),
            try socket("127.0.0.1:7000", "127.0.0.1:2", .timeWait, left: .seconds(30)),
            try socket("127.0.0.1:7000", "127.0.0.1:3", .finWait2, left: .seconds(9), inode: 0),
            try socket("127.0.0.2:7000", "0.0.0.0:0", .closed), try socket("127.0.0.1:7000", "127.0.0.1:4", .closeWait),
            try socket("0.0.0.0:7000", "0.0.0.0:0", .listen),
        ])
        #expect(view.holders.map(\.kind) == [.listener, .connection, .bound, .closingDown, .timeWait, .timeWait])
        #expect(view.holders.last?.socket.remote.port == 1)
        #expect(view.isHeldByTheLiving && !view.isToPass)
        #expect(ExplainText().text(view, top: 1).contains("and 1 more of these"))
    }

    @Test("TIME-WAIT passes; so does a lack of ports towards it")
    func passing() throws {
        #expect(view([try socket("127.0.0.1:7000", "127.0.0.1:1", .timeWait, left: .seconds(3))]).isToPass)
        let exhausted = view(try series(40000...40009, to: "127.0.0.1:7000", from: "127.0.0.1"))
        #expect(exhausted.holders.isEmpty && exhausted.isToPass)
        #expect(
            ExplainText().text(exhausted).contains("10 of 10 ephemeral ports are taken, 10 by TIME-WAIT; connect()"))
        #expect(!view(try series(40000...40008, to: "127.0.0.1:7000", from: "127.0.0.1")).isToPass)
    }

    @Test("A Unix socket goes by a port if the last part of its name has the number, as a whole, and it listens")
    func unixNames() {
        let listeners = UnixSockets(
            """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000000: 00000002 00000000 00010000 0001 01 11 /run/postgresql/.s.PGSQL.7000
            0000000000000000: 00000002 00000000 00010000 0001 01 12 @/tmp/.X11-unix/X70001
            0000000000000000: 00000003 00000000 00000000 0001 03 13 /run/connected.7000
            0000000000000000: 00000002 00000000 00010000 0001 01 14 /run/7000/socket
            0000000000000000: 00000002 00000000 00010000 0001 01 15 /run/with a space.7000
            0000000000000000: 00000002 00000000 00010000 0001 01 16
            """)
        #expect(listeners.names(with: 7000) == ["/run/postgresql/.s.PGSQL.7000", "/run/with a space.7000"])
    }

    @Test("Where only a UDP socket has it, it is not said that nothing has")
    func datagramAlone() {
        let datagram = SocketEntry(
            local: Endpoint(.anyV4, port: 7000), remote: Endpoint(.anyV4, port: 0), state: .closed, inode: 2)
        let view = PortView(
            of: 7000, in: [], datagrams: [datagram], settings: .made(["tcp_tw_reuse": "0"]),
            owners: { _ in SocketOwners(of: []) })
        let text = ExplainText().text(view)
        #expect(!text.contains("Nothing has it") && text.contains("No TCP socket in this network namespace"))
        #expect(text.contains("UDP 0.0.0.0:7000"))
        #expect(!view.isHeldByTheLiving && !view.isToPass)
    }

    @Test("A full queue, a stopped holder and a UDP socket are told")
    func details() throws {
        let full = SocketEntry(
            local: Endpoint(.anyV4, port: 7000), remote: Endpoint(.anyV4, port: 0), state: .listen, receiveQueue: 3,
            sendQueue: 2, inode: 1)
        let datagram = SocketEntry(
            local: Endpoint(.anyV4, port: 7000), remote: Endpoint(.anyV4, port: 0), state: .closed, inode: 2)
        let view = PortView(
            of: 7000, in: [full], datagrams: [datagram], settings: .made(["tcp_tw_reuse": "0"]),
            owners: { _ in SocketOwners(of: []) })
        let text = ExplainText().text(view)
        #expect(text.contains("0.0.0.0:7000 LISTEN, held by "))
        #expect(
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
                "Its queue is full: 3 wait for accept()."))
        #expect(text.contains("UDP 0.0.0.0:7000"))
        #expect(view.isHeldByTheLiving)
    }
}
