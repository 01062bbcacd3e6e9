import TCPSockets
import Testing

@testable import Doctor
@testable import Experiments
@testable import Scenes
@testable import TestSupport
@testable import Text

@Suite("Advice, computed")
struct AdviceTests {
    private func checkup(_ sockets: [SocketEntry] = [], _ changes: [String: String?] = [:]) -> Checkup {
        Checkup(
            kernel: "6.18",
            exposure: Exposure(sockets, settings: .made(["ip_local_port_range": "40000 49999"].merging(changes) { $1 }))
        )
    }

    @Test("A machine at rest gets none")
    func none() {
        #expect(checkup().advice.isEmpty)
        #expect(CheckupText(checkup()).text.contains("Nothing to do."))
    }

    @Test("A notice alone is shown without peers, ports and settings, unless all is asked for; a warning with them")
    func short() throws {
        let notice = checkup([], ["tcp_fin_timeout": "5"])
        #expect(notice.advice.map(\.severity) == [.notice])
        let text = CheckupText(notice, mayBeShort: true).text
        #expect(text.contains("--verbose shows peers, ports and settings.\n\nADVICE\n  notice"))
        #expect(!text.contains("SETTINGS") && !text.contains("TIME-WAIT AND PORTS"))
        #expect(CheckupText(notice).text.contains("\nSETTINGS\n"))
        let sockets = try series(40000...40_007, to: "127.0.0.1:80", from: "127.0.0.1")
        let warning = checkup(sockets, ["ip_local_port_range": "40000 40009", "tcp_tw_reuse": "0"])
        #expect(warning.advice.contains { $0.severity == .warning })
        #expect(CheckupText(warning, mayBeShort: true).text.contains("\nSETTINGS\n"))
    }

    @Test("Ports that are nearly used up are a warning, none left is critical, and reuse at work is neither's end")
    func ports() throws {
        let range = ["ip_local_port_range": "40000 40009", "tcp_tw_reuse": "0"]
        func severities(_ count: Int, _ changes: [String: String?]) throws -> [Advice.Severity] {
            let sockets = try series(40000...39_999 + count, to: "127.0.0.1:80", from: "127.0.0.1")
            return checkup(sockets, changes).advice.filter { $0.experiments == ["port-exhaustion"] }
                .filter { $0.finding.hasPrefix("127.0.0.1 → ") }.map(\.severity)
        }
        #expect(try severities(7, range) == [])
        #expect(try severities(8, range) == [.warning])
        #expect(try severities(10, range) == [.critical])
        let reusing = range.merging(["tcp_tw_reuse": "2"]) { $1 }
        #expect(try severities(10, reusing) == [.warning])
        let advice = try #require(
            checkup(try series(40000...40_009, to: "127.0.0.1:80", from: "127.0.0.1"), reusing).advice.first)
        #expect(advice.finding.hasSuffix("fails with EADDRNOTAVAIL until a TIME-WAIT is 1.0 s old (tcp_tw_reuse)."))
        #expect(!advice.remedies.contains { $0.contains("tcp_tw_reuse") })
    }

    @Test("A process that leaks cannot drive a terminal by its name, in text or in JSON")
    func hostileName() throws {
        let made = Checkup(
            kernel: "6.18", exposure: Exposure([], settings: .made([:])),
            unclosed: [
                Checkup.Unclosed(
                    socket: try socket("192.0.2.1:1", "192.0.2.2:80", .closeWait, inode: 1),
                    owner: SocketOwner(process: 42, name: "a\u{1B}[2J"), age: .seconds(1) ... .seconds(2))
            ], hiddenProcesses: 0)
        #expect(try CheckupDocument(made).json().contains("\"name\" : \"a^[[2J\""))
        let text = CheckupText(made).text
        #expect(text.contains("a^[[2J (process 42)") && !text.contains("\u{1B}"))
    }

    @Test("Leaks by process; old ones are a warning, and what accept() has not taken is no leak")
    func leaks() throws {
        func unclosed(_ port: Int, _ owner: SocketOwner?, _ seconds: Int, inode: UInt32 = 1) throws -> Checkup.Unclosed
        {
            Checkup.Unclosed(
                socket: try socket("192.0.2.1:\(port)", "192.0.2.2:80", .closeWait, inode: inode), owner: owner,
                age: .seconds(seconds) ... .seconds(seconds + 5))
        }
        let owner = SocketOwner(process: 42, name: "leaky")
        let made = Checkup(
            kernel: "6.18", exposure: Exposure([], settings: .made(["ip_local_port_range": "40000 49999"])),
            unclosed: [
                try unclosed(1, owner, 3), try unclosed(2, owner, 90), try unclosed(3, nil, 4),
                try unclosed(4, nil, 5, inode: 0),
            ], hiddenProcesses: 7)
        #expect(made.unclosed.map(\.socket.local.port) == [2, 4, 3, 1])
        #expect(made.leaks.map(\.sockets.count).sorted() == [1, 1, 2])
        #expect(made.leaks[0].oldest == .seconds(90))
        let advice = made.advice
        #expect(advice.map(\.severity) == [.warning, .notice, .notice])
        #expect(
            advice[0].finding.hasPrefix(
                "leaky (process 42) has 2 sockets in CLOSE-WAIT, the oldest for at least 90.0 s"))
        #expect(advice.contains { $0.finding.contains("not yet accepted") })
        #expect(made.unseen[0].contains("7 processes of other users"))
        #expect(made.unseen[0].contains("1 socket in CLOSE-WAIT has no name"))
    }

    @Test(
        "Settings that do not do what they are set for",
        arguments: [
            (["tcp_fin_timeout": "5"], "it has no effect", Advice.Severity.notice),
            (["tcp_tw_reuse": "1", "tcp_timestamps": "0"], "does nothing", .warning),
            (["tcp_tw_recycle": "1"], "cannot all connect", .critical),
            (["tcp_max_tw_buckets": "0"], "of at most 0 (tcp_max_tw_buckets)", .warning),
            (["ip_local_port_range": "40000 40009"], "Only 10 ephemeral ports", .warning),
        ])
    func settings(_ changes: [String: String], _ words: String, _ severity: Advice.Severity) throws {
        let advice = checkup([], changes.mapValues { Optional($0) }).advice
        #expect(advice.map(\.severity) == [severity])
        #expect(try #require(advice.first).finding.contains(words))
    }

    @Test("A listener on an ephemeral port; a full queue; too many orphans; TIME-WAITs that were not held")
    func others() throws {
        let sockets = [
            try socket("0.0.0.0:40001", "0.0.0.0:0", .listen),
            try socket("192.0.2.1:1", "192.0.2.2:1", .finWait1, inode: 0),
        ]
        let exposure = Exposure(
            sockets, settings: .made(["ip_local_port_range": "40000 49999", "tcp_max_orphans": "2"]))
        let made = Checkup(
            kernel: "6.18", exposure: exposure,
            fullListeners: [(try socket("0.0.0.0:80", "0.0.0.0:0", .listen, unread: 9, queue: 8), nil)],
            timeWaitOverflows: 3)
        let findings = made.advice.map(\.finding)
        #expect(findings.count == 4)
        #expect(findings.contains { $0.hasPrefix("0.0.0.0:40001 listens in the ephemeral port range") })
        #expect(findings.contains { $0.hasPrefix("0.0.0.0:80 has 9 connections waiting") })
        #expect(findings.contains { $0.hasPrefix("1 connections closed here") })
        #expect(findings.contains { $0.contains("3 were skipped since this network namespace began") })
    }

    @Test("Experiments that advice names exist")
    func experiments() throws {
        let named = NetworkSettings.made().notes.flatMap(\.experiments)
        for id in Set(named) { #expect(allExperiments.contains { $0.id == id }, "\(id)") }
    }

    @Test("The text keeps to its width, with very many sockets too; colour changes nothing else")
    func text() throws {
        let sockets =
            try series(
                40000...40009, to: "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:65000",
                from: "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:2]")
            + (1...30).map {
                try socket("192.0.2.1:\($0)", "198.51.100.\($0):65535", .finWait2, left: .seconds(1), inode: 0)
            }
        let made = checkup(
            sockets, ["ip_local_port_range": "40000 40009", "ip_local_reserved_ports": "1-2,44444-55555"])
        let text = CheckupText(made, top: 3).text
        #expect(text.split(separator: "\n").filter { $0.count > 100 } == [])
        #expect(text.contains("and 27 sockets more"))
        #expect(CheckupText(made, top: 29).text.contains("and 1 socket more"))
        let narrow = CheckupText(made, top: 3, width: 80).text
        #expect(narrow.split(separator: "\n").filter { $0.count > 80 } == [])
        // Too wide for columns: each destination stands above its figures.
        #expect(narrow.contains("  from → to\n    TIME-WAIT  live  free"))
        #expect(CheckupText(made, width: 1).text.contains("ADVICE"))
        let coloured = CheckupText(made, top: 3, hasColour: true).text
        #expect(coloured != text)
        #expect(coloured.replacing(/\u{1B}\[\d*m/, with: "") == text)
    }

    @Test("The JSON has the counts of all, and as many entries as were asked for")
    func json() throws {
        let made = checkup(try series(40000...40009, to: "192.0.2.9:1") + series(40000...40009, to: "192.0.2.8:1"))
        let text = try CheckupDocument(made, top: 1).json(isOneLine: true)
        #expect(!text.contains("\n"))
        #expect(text.contains(#""destinationCount":2"#))
        #expect(text.contains(#""sockets":20"#))
        #expect(text.contains(#""timeWaitOverflows":null"#))
    }
}

@Test("Digits in groups of three", arguments: [(0, "0"), (999, "999"), (28_232, "28,232"), (-1_000_000, "−1,000,000")])
func grouping(_ number: Int, _ text: String) {
    #expect(number.grouped == text)
}
