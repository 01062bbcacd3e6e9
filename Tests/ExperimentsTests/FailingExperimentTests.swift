import Glibc
import TCPSockets
import Testing

@testable import Bench
@testable import Claims
@testable import Packets
@testable import Recordings
@testable import Runs
@testable import Scenes
@testable import TestSupport

@Suite(
    "An experiment that fails", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .timeLimit(.minutes(5)))
struct FailingExperimentTests {
    /// Holds a conversation, and then comes to nothing.
    private struct Broken: Experiment {
        let error: any Error
        let id = "broken"
        let claims = ["A8", "B8"]
        let claimed = "-"
        let done = "-"
        let lookFor = "-"

        func run(in laboratory: Laboratory) async throws -> ExperimentResult {
            try await Scene.play(laboratory) { scene in
                _ = try await scene.converse()
                throw error
            }
        }
    }

    private func report(_ error: any Error) async throws -> Report {
        let selection = try Selection(["broken"], from: [Broken(error: error)])
        return try await LaboratoryRun(chat: try Chat(), selection: selection, jobs: 1).run()
    }

    @Test("keeps its recording: what crossed, and what both programs called")
    func recording() async throws {
        let report = try await report(LaboratoryError("it broke"))
        #expect(report.verdicts.isEmpty)
        let failure = try #require(report.failures.first)
        #expect((failure.id, failure.reason) == ("broken", "it broke"))
        let recording = try #require(failure.recordings.first)
        #expect(failure.recordings.count == 1)
        #expect(recording.segments.contains { $0.segment.flags.contains(.fin) })
        #expect(recording.clientCalls.contains { $0.call == .close })
        #expect(recording.serverCalls.contains { $0.call == .close })
    }

    @Test("for want of a feature makes its claims not testable, and says what was probed")
    func missingFeature() async throws {
        let report = try await report(MissingFeature("this kernel has no net.ipv4.nothing"))
        #expect(report.failures.isEmpty)
        let verdicts = report.verdicts.filter { ["A8", "B8"].contains($0.claim.id) }
        #expect(verdicts.count == 2)
        for verdict in verdicts {
            #expect(verdict.kind == .notTestable)
            #expect(verdict.because == "This kernel has no net.ipv4.nothing.")
        }
        #expect(report.experiments.first?.recordings.isEmpty == false)
    }

    @Test("keeps its recording, if it is a cell, too")
    func cell() async throws {
        // A client that holds its conversation, and says that it has failed.
        let results = try await run([Cell()], client: "REALCLIENT \"$@\"\nexit 3")
        let failure = try #require(results.failures.first)
        #expect(failure.reason == "explicit-active: the first conversation failed: chat-client ended with 3")
        // The client has read the answer; its FIN may still be on its way to the wire.
        #expect(
            failure.recordings.first?.segments.contains { $0.from == .server && !$0.segment.payload.isEmpty } == true)
        #expect(failure.recordings.first?.clientCalls.contains { $0.call == .close } == true)
    }

    @Test("A cell whose client closes before the server has come to it is run again with a longer delay")
    func hasty() async throws {
        // Its shortest delay is none at all, and nothing keeps it from its processor between exit and close (sched(7)).
        let client = """
            case "$*" in *"--close delay --close-delay 0 "*) exec chrt -f 1 REALCLIENT "$@" --close active ;; esac
            exec REALCLIENT "$@"
            """
        let results = try await run([Cell(close: .delay)], client: client, closeDelay: 0)
        #expect(results.failures.map(\.reason) == [])
        #expect(results.cells.map(\.outcome.firstToClose) == [.server])
        #expect(results.longestDelay >= 100)
    }

    /// Runs cells with a client of the test's own: a shell script.
    private func run(_ cells: [Cell], client script: String, closeDelay: Int = 400) async throws -> MatrixRun.Results {
        try await withClient("#!/bin/sh\n" + script) { chat in
            await MatrixRun(chat: chat, jobs: 1, closeDelay: closeDelay).run(cells)
        }
    }
}
