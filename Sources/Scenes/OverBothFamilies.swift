package import Claims
import Recordings
import TCPSockets

/// An experiment, carried out over IPv4 and over IPv6.
///
/// What came out the same is one finding; what did not, two. Whether all did is a finding about F13.
package struct OverBothFamilies: Experiment {
    private let experiment: any Experiment

    package init(_ experiment: any Experiment) {
        self.experiment = experiment
    }

    package var id: String { experiment.id }
    package var claims: [String] { experiment.claims.isEmpty ? [] : experiment.claims + [Claim.ofFamilies] }
    package var claimed: String { experiment.claimed }
    package var done: String { experiment.done + " (Over IPv4, and over IPv6.)" }
    package var lookFor: String { experiment.lookFor }

    package func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let results = try await overBothFamilies { try await experiment.run(in: laboratory.over($0)) }
        return Self.merged(results[0], results[1])
    }

    /// Figures and measures are those over IPv4: they are this machine's, and differ from run to run.
    static func merged(_ v4: ExperimentResult, _ v6: ExperimentResult) -> ExperimentResult {
        let isComparable = v4.findings.map(Key.init) == v6.findings.map(Key.init)
        let isAlike = isComparable && v4.findings.map(\.holds) == v6.findings.map(\.holds)
        let findings =
            isComparable
            ? zip(v4.findings, v6.findings).flatMap { pair in
                pair.0.holds == pair.1.holds
                    ? [pair.0.saying("\(pair.0.because) The same over IPv6.")]
                    : [
                        pair.0.saying("Over IPv4: \(pair.0.because)"), pair.1.saying("Over IPv6: \(pair.1.because)"),
                    ]
            }
            : v4.findings + v6.findings.map { $0.saying("Over IPv6: \($0.because)") }
        let comparison = Finding(
            Claim.ofFamilies, holds: isAlike,
            because: isAlike
                ? "\(v4.id) gave the same over IPv6 as over IPv4."
                : "\(v4.id) gave different results over IPv6 and IPv4.",
            evidence: [v4.id])
        return ExperimentResult(
            v4.id, v4.findings.isEmpty && v6.findings.isEmpty ? [] : findings + [comparison], untestable: v4.untestable,
            recordings: v4.recordings + v6.recordings.map(\.overIPv6), figures: v4.figures, measures: v4.measures,
            obstacles: v4.obstacles)
    }

    private struct Key: Equatable {
        let claim: String
        let circumstances: Circumstances

        init(_ finding: Finding) {
            (claim, circumstances) = (finding.claim, finding.circumstances)
        }
    }
}

extension Finding {
    fileprivate func saying(_ because: String) -> Finding {
        Finding(claim, holds: holds, under: circumstances, because: because, evidence: evidence)
    }
}

extension Recording {
    fileprivate var overIPv6: Recording {
        Recording(
            "\(name)-ipv6", segments: segments, samples: samples, clientCalls: clientCalls, serverCalls: serverCalls)
    }
}
