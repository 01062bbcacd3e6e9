import Doctor
import Recordings
import Stories
import TCPSockets
import Testing
import Text

@testable import Watch

@Suite("The table of a watch")
struct WatchTableTests {
    private let settings = NetworkSettings(["ip_local_port_range": "32768 60999", "tcp_tw_reuse": "2"])

    private func connection(_ first: Outcome.Holder, port: UInt16 = 5432, reset: Story.Reset? = nil) -> EndedConnection
    {
        let story = Story(
            client: Endpoint(IPAddress(family: .v4, bits: 0x0A00_0001), port: 40000),
            server: Endpoint(IPAddress(family: .v4, bits: 0x0A00_0005), port: port), openerSeen: true, opened: 0,
            seconds: 1, firstToClose: first, ending: reset == nil ? .fin : .rst,
            timeWait: reset != nil ? .none : first == .client ? .client : .server, timeWaitSeen: false, reset: reset,
            directionsSeen: .client)
        return EndedConnection(
            story: story, client: SocketProgram(pid: 7, name: "app"), server: nil, isClientHere: true,
            isServerHere: false)
    }

    private func figures(_ connections: [EndedConnection]) -> WatchFigures {
        var figures = WatchFigures()
        for connection in connections { figures.add(connection) }
        figures.tick()
        return figures
    }

    private func lines(_ figures: WatchFigures, columns: Int = 80, rows: Int = 24) -> [String] {
        let table = WatchTable(
            figures, settings: settings, state: .init(), columns: columns, rows: rows, hasColour: false)
        return table.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("A row has the rate, who closed first, RSTs and TIME-WAITs")
    func row() throws {
        let reset = Story.Reset(from: .server, cause: .unreadData, reason: "TCP_ABORT_ON_CLOSE", knownFrom: .kernel)
        let all = Array(repeating: connection(.client), count: 300) + [connection(.server, reset: reset)]
        let lines = lines(figures(all))
        let row = try #require(lines.first { $0.hasPrefix("10.0.0.5:5432") })
        #expect(
            row.split(whereSeparator: \.isWhitespace) == [
                "10.0.0.5:5432", "app", "→", "301", "99", "%", "1", "%", "1.0", "300",
            ])
        #expect(lines.contains("RST: TCP_ABORT_ON_CLOSE by the server 1"))
        #expect(lines[0] == "301 connections ended in 0 s, 0 live")
    }

    @Test(
        "Ports: how many TIME-WAIT takes, or when they run out",
        arguments: [
            (310.0, "at 310 a second to 10.0.0.5:5432, TIME-WAIT takes 18,600 of 28,232 ports"),
            (800.0, "at 800 a second to 10.0.0.5:5432, the 28,232 ports last 35 s"),
        ])
    func ports(rate: Double, sentence: String) {
        let destination = Endpoint(IPAddress(family: .v4, bits: 0x0A00_0005), port: 5432)
        #expect("\(PortOutlook(destination: destination, rate: rate, settings: settings))" == sentence)
    }

    @Test("Over loopback tcp_tw_reuse = 2 gives a port back after a second")
    func loopbackPorts() {
        let settings = NetworkSettings(["tcp_tw_reuse": "2", "tcp_tw_reuse_delay": "1000"])
        let outlook = PortOutlook(destination: Endpoint(.loopbackV4, port: 80), rate: 10_000, settings: settings)
        #expect(outlook.taken == 10_000 && outlook.secondsUntilExhausted == nil)
    }

    @Test("It keeps to every size of screen", arguments: [20, 40, 60, 80, 200], [3, 6, 24, 60])
    func sizes(columns: Int, rows: Int) {
        let many = (1...100).map { connection($0 % 3 == 0 ? .client : .server, port: UInt16($0)) }
        let lines = lines(figures(many), columns: columns, rows: rows)
        #expect(lines.count <= max(4, rows))
        #expect(lines.allSatisfy { Text.columns(of: $0) <= columns })
        let last = columns >= 67 ? "TIME-WAIT/S" : columns >= 53 ? "RST/S" : columns >= 40 ? "SERVER" : "…"
        #expect(lines[1].hasSuffix(last))
    }

    @Test("Sorting goes through all columns and comes back")
    func order() {
        var order = WatchTable.Order.ended
        for _ in WatchTable.Order.allCases { order = order.next }
        #expect(order == .ended)
    }

    @Test("Rates are of the last ten seconds, totals of all")
    func window() {
        var figures = figures([connection(.client), connection(.client)])
        #expect(figures.recent.counts.values.first?.ended == 2 && figures.recent.seconds == 1)
        for _ in 0..<10 { figures.tick() }
        #expect(figures.recent.counts.isEmpty)
        #expect(figures.all.ended == 2)
    }

    @Test("A part is never rounded to all or nothing", arguments: [(1.0, 100), (0.999, 99), (0.001, 1), (0, 0)])
    func percent(share: Double, shown: Int) {
        #expect(WatchTable.percent(share) == shown)
    }
}

@Suite("The sample of the socket table")
struct SampleTests {
    private func entry(_ port: UInt16, _ state: TCPState) -> SocketEntry {
        SocketEntry(
            local: Endpoint(.loopbackV4, port: port), remote: Endpoint(.loopbackV4, port: 80), state: state)
    }

    @Test("New TIME-WAITs are those that were not there at the look before")
    func news() {
        var sample = Sample()
        sample.look(at: [entry(40000, .timeWait), entry(40001, .established)])
        #expect(sample.text(columns: 100).hasSuffix("1           0           1           -"))
        sample.look(at: [entry(40000, .timeWait), entry(40001, .timeWait), entry(40002, .timeWait)])
        #expect(sample.text(columns: 100).hasSuffix("0           0           3           2"))
    }
}
