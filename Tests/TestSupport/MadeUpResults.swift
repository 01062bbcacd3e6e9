import TCPSockets

@testable import Claims
@testable import Experiments
@testable import Recordings
@testable import Reports
@testable import Scenes

extension CellResult {
    /// A result that nobody has seen: for the formats, which believe what they are told.
    init(
        _ cell: Cell, connect: CallResult? = .ok, bind: CallResult = .ok, timeWait: Outcome.Holder = .client,
        bytesLost: Int = 0, closeSeconds: Double = 0.0012345
    ) {
        let program = FinishedProgram(status: 0)
        let connection = FourTuple(
            client: Endpoint(Side.client.address(cell.family), port: 50_001),
            server: Endpoint(Side.server.address(cell.family), port: 7000))
        self.init(
            recording: CellRecording(
                cell: cell, connection: connection, segments: [], reconnectSegments: [], client: program,
                reconnect: program, serverCalls: [], serverEnding: .exit, aftermath: SocketStates(),
                clientCounters: [:], serverCounters: [:]),
            outcome: Outcome(
                firstToClose: .client, ending: .fin, timeWait: timeWait, serverSaw: .exit,
                reconnect: Outcome.Reconnect(bind: bind, connect: connect), bytesSent: 14, bytesLost: bytesLost,
                closeSeconds: cell.close == .abandon ? nil : closeSeconds, resetCause: nil))
    }
}

extension Report {
    static func madeUp(
        _ cells: [CellResult], experiments: [ExperimentResult] = [], failures: [RunFailure] = []
    ) -> Report {
        Report(
            kernel: "6.1", sysctls: ["net.ipv4.tcp_timestamps": "1"], cells: cells, experiments: experiments,
            failures: failures, catalogue: allExperiments.map(\.description))
    }

    var document: ReportDocument { ReportDocument(self, hasCaptures: false) }
}

extension ExperimentResult {
    static func madeUp(_ id: String, _ findings: Finding...) -> ExperimentResult {
        ExperimentResult(
            id, findings, recordings: [Recording("first", segments: [], clientCalls: [], serverCalls: [])],
            figures: [Figure("close() took", "201 ms")])
    }
}
