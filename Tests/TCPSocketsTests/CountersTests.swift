import Testing

@testable import TCPSockets

@Suite("Counters that are read")
struct CountersTests {
    @Test("bear the names of their group, and only TCP's are kept")
    func names() {
        let counters = Counters([
            "Ip: Forwarding InReceives\nIp: 1 2\nTcp: MaxConn InSegs\nTcp: -1 5\n", "TcpExt: A B\nTcpExt: 7 8\n",
        ])
        #expect(counters.values == ["Tcp:MaxConn": -1, "Tcp:InSegs": 5, "TcpExt:A": 7, "TcpExt:B": 8])
        #expect(counters["Tcp:InSegs"] == 5)
        #expect(counters["Tcp:NoSuchThing"] == 0)
    }

    @Test("grow by differences, and those that stay are left out")
    func growth() {
        let before = Counters(["Tcp: A B C\nTcp: 1 2 3\n"])
        let after = Counters(["Tcp: A B C D\nTcp: 1 5 2 4\n"])
        #expect(after.growth(since: before) == ["Tcp:B": 3, "Tcp:C": -1, "Tcp:D": 4])
    }
}
