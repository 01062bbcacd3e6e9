package import Claims
import Recordings
import TCPSockets
import Text

extension ReportDocument {
    /// - Parameter hasCaptures: Whether every recording lies in a file beside the document (`ReportFolder`).
    package init(_ report: Report, hasCaptures: Bool) {
        schema = Self.currentSchema
        kernel = report.kernel
        sysctls = report.sysctls
        cells = report.cells.map { Cell($0, hasCaptures: hasCaptures) }
        claims = report.verdicts.map { verdict in
            Claim(
                id: verdict.claim.id, text: verdict.claim.text, answer: verdict.answer, verdict: verdict.kind,
                condition: verdict.condition, exceptions: verdict.exceptions, because: verdict.because,
                evidence: verdict.evidence)
        }
        states = States(report)
        experiments = report.experiments.map { Experiment($0, hasCaptures: hasCaptures) }
        failures = report.failures.map { RunFailure($0, hasCaptures: hasCaptures) }
    }
}

extension ReportDocument.Cell {
    init(_ result: CellResult, hasCaptures: Bool) {
        let (cell, outcome) = (result.cell, result.outcome)
        self.init(
            id: cell.id, family: cell.family == .v4 ? 4 : 6, bind: cell.bind, reuseAddress: cell.reuseAddress,
            close: cell.close.rawValue, serverClose: cell.serverClose, padding: cell.padding,
            sysctls: ["net.ipv4.tcp_timestamps": cell.timestamps ? "1" : "0"], firstToClose: outcome.firstToClose,
            ending: outcome.ending, timeWait: outcome.timeWait, serverSaw: outcome.serverSaw,
            reconnect: .init(bind: outcome.reconnect.bind, connect: outcome.reconnect.connect),
            freeAfterSeconds: result.recording.freeAfter.map { $0.rounded(toDigits: 3) },
            bytesSent: outcome.bytesSent, bytesLost: outcome.bytesLost,
            closeMilliseconds: outcome.closeSeconds.map { ($0 * 1000).rounded(toDigits: 3) },
            rstCause: outcome.resetCause, pcap: hasCaptures ? CaptureFile.of(cell) : nil)
    }
}

extension ReportDocument.Experiment {
    init(_ result: ExperimentResult, hasCaptures: Bool) {
        var claims: [String] = []
        for claim in result.findings.map(\.claim) + result.untestable.map(\.claim) where !claims.contains(claim) {
            claims.append(claim)
        }
        self.init(
            id: result.id, claims: claims,
            findings: result.findings.map {
                .init(
                    claim: $0.claim, holds: $0.holds, ordinary: $0.circumstances.areOrdinary, condition: $0.condition,
                    because: $0.because,
                    evidence: $0.evidence)
            },
            figures: result.figures.map { .init(name: $0.name, value: $0.value) },
            recordings: result.recordings.map {
                .init(name: $0.name, pcap: hasCaptures ? CaptureFile.of($0, in: result) : nil)
            })
    }
}

extension ReportDocument.RunFailure {
    init(_ failure: Recordings.RunFailure, hasCaptures: Bool) {
        let recordings = failure.recordings.map {
            ReportDocument.Recording(name: $0.name, pcap: hasCaptures ? CaptureFile.of($0, in: failure) : nil)
        }
        self.init(id: failure.id, reason: failure.reason, recordings: recordings.isEmpty ? nil : recordings)
    }
}

extension ReportDocument.States {
    /// Every state and every step that was seen on any host.
    init(_ report: Report) {
        let recordings = report.cells.map(\.recording.recording) + report.experiments.flatMap(\.recordings)
        var states: Set<TCPState> = []
        var transitions: Set<Transition> = []
        for recording in recordings {
            for side in Side.allCases {
                for connection in recording.connections {
                    states.formUnion(recording.states(of: side, on: connection).map(\.state))
                }
                transitions.formUnion(recording.transitions(of: side))
            }
        }
        visited = states.map(\.description).sorted()
        self.transitions = transitions.map { [$0.from.description, $0.to.description] }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }
}
