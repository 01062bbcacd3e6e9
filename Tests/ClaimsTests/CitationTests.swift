import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import TestSupport

@Suite("A verdict's sentences")
struct CitationTests {
    /// Cells that end as on Linux, so many that each claim of the matrix gets its verdict.
    private static let cells: [SyntheticCell] = {
        let refused = SyntheticCell()
        let accepted = refused.with { $0.secondRun(bind: .ok, connect: .ok) }
        let serverFirst = accepted.with {
            $0.segments = .orderly(first: .server)
            $0.timeWait = [.server]
            $0.reopening = (.timeWait, .synReceived)
            $0.clientCalls = [.named(.send, at: 1, returned: 5), .named(.recv), .named(.close, at: 1.4)]
        }
        let reset = accepted.with {
            $0.segments = .reset
            $0.timeWait = []
        }
        let reusing = [Cell.ReuseAddress.old, .new, .both].map { reuse in
            (reuse == .both ? accepted : refused).with { $0.cell.reuseAddress = reuse }
        }
        return reusing + [
            refused, refused.with { $0.cell.family = .v6 }, refused.with { $0.freeAfter = 60.1 },
            reusing[2].with {
                $0.cell.timestamps = false
                $0.connect = .failed(.addressNotAvailable)
            },
            accepted.with {
                $0.cell.bind = .implicit
                $0.bind = nil
                $0.reconnectPort = 32_768
            },
            serverFirst.with { $0.cell.close = .delay }, serverFirst.with { $0.cell.close = .passive },
            refused.with { $0.cell.close = .linger }, reset.with { $0.cell.close = .reset },
            refused.with {
                $0.cell.close = .abandon
                $0.clientCalls.removeLast()
            },
            reset.with {
                $0.cell.close = .unread
                $0.clientCalls = [
                    .named(.recv, returned: 5, flags: "MSG_PEEK"), .named(.recv, returned: 8), .named(.close),
                ]
            },
        ]
    }()

    /// But for A16, which is judged on all recordings.
    @Test("cite what explains what the cells show", arguments: Matrix.claims.filter { $0 != "A16" })
    func matrix(_ claim: String) throws {
        let findings = try findings(claim, Self.cells)
        #expect(!findings.isEmpty)
        for finding in findings { #expect(finding.cites, "\(finding.because)") }
    }

    @Test("cite what explains the ways into TIME-WAIT")
    func timeWaitPaths() {
        var segments = [CapturedSegment].orderly(first: .client)
        let states = { (state: TCPState) in
            SocketStates(client: try? socket("192.0.2.1:50001", "192.0.2.2:7000", state))
        }
        segments[3].deliveries = [.init(time: 1, before: states(.finWait2), after: states(.timeWait))]
        let recording = Recording("one", segments: segments, clientCalls: [], serverCalls: [])
        let findings = timeWaitPathFindings([(of: "explicit-active", recording: recording)])
        #expect(findings.count == 1)
        for finding in findings { #expect(finding.cites, "\(finding.because)") }
    }

    @Test(
        "know a citation when they have one",
        arguments: [
            ("It ended (RFC 9293 section 3.6).", true), ("It ended (socket(7)).", true),
            ("It ended (net/ipv4/tcp.c, __tcp_close).", true), ("It ended (include/net/tcp.h).", true),
            ("It ended, and bind() failed.", false), ("It ended between client and net.", false),
        ])
    func citation(_ text: String, _ cites: Bool) {
        #expect(text.cites == cites)
    }
}
