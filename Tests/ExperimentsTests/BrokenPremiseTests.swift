import TCPSockets
import Testing

@testable import Bench
@testable import Claims
@testable import Experiments
@testable import Recordings
@testable import Scenes
@testable import TestSupport

/// A judgement that can come out only one way is none. So each experiment runs twice, the second time without the very
/// thing that it is about.
@Suite(
    "An experiment's judgement", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .timeLimit(.minutes(5)))
struct BrokenPremiseTests {
    private static let judging = allExperiments.filter { !$0.claims.isEmpty }.map(\.id)
    fileprivate static let semaphore = Semaphore(8)

    /// What two hosts with the same TCP cannot show.
    private static let untestable: Set<String> = ["A22"]

    /// What the premise has no part in: it shows, beside what changes, that nothing else did.
    private static let controls: [String: Set<String>] = [
        "two-on-one-port B11": ["for two listeners"],
        "initial-sequence-numbers A15": ["as to the odds"],
        "tw-reuse F1": [
            "with 0 for an explicit port between two hosts", "with 1 for an explicit port between two hosts",
            "with 2 for an explicit port between two hosts", "with 2 for an implicit port over loopback",
        ],
        "filler D4": ["when the client's recv() takes the filler along with the answer"],
        "kernel-settings E7": ["with tcp_fin_timeout = 5", "with tcp_timestamps = 0", "with tcp_tw_recycle = 1"],
        "server-killed E2": ["when it is killed with a question unread"],
        "dial-out-of-time-wait A9": ["with SO_REUSEADDR and TCP timestamps"],
        "time-wait-and-reset A6": [
            "with tcp_rfc1337 = 1, for a RST provoked by an old duplicate", "with tcp_rfc1337 = 1, for an injected RST",
        ],
        "old-duplicate A14": ["with TCP timestamps"],
        "old-duplicate C5": ["with TCP timestamps"],
        "old-duplicate F12": [
            "with TCP timestamps", "without TCP timestamps, with its sequence number alone in the window",
        ],
        "port-exhaustion D3": ["where the server closes first", "where the client ends the connection by RST"],
        "last-ack-reset F16": ["where it has called close()"],
        "reset-in-each-state B2": ["for a RST in LISTEN", "for a RST in TIME-WAIT with tcp_rfc1337 = 1"],
    ]

    @Test(
        "cites what explains it, and comes out the other way for every claim when its premise is broken",
        arguments: judging)
    func flips(id: String) async throws {
        let experiment = try #require(allExperiments.first { $0.id == id })
        let whole = try await experiment.run(in: Laboratory(chat: try Chat(), semaphore: Self.semaphore))
        let broken = try await experiment.run(
            in: Laboratory(chat: try Chat(), breaksPremise: true, semaphore: Self.semaphore))
        #expect(Set(whole.untestable.map(\.claim)).isSubset(of: Self.untestable))
        #expect(Set(whole.findings.map(\.claim)) == Set(experiment.claims).subtracting(Self.untestable))
        // That both families are alike is no judgement of the experiment itself.
        #expect(!whole.findings.contains { $0.claim == Claim.ofFamilies && !$0.holds })
        let judged = Set(experiment.claims).subtracting(Self.untestable).subtracting([Claim.ofFamilies])
        for claim in judged {
            #expect(whole.findings.contains { $0.claim == claim && $0.cites }, "\(claim)")
            let (before, after) = (Judgements(whole, of: claim), Judgements(broken, of: claim))
            #expect(before.holds != after.holds, "\(claim)")
            let unmoved = before.holds.filter { after.holds[$0.key] == $0.value }.keys
            #expect(Set(unmoved) == Self.controls["\(id) \(claim)", default: []], "\(claim)")
        }
    }
}

extension BrokenPremiseTests {
    /// The steps of the state diagram for which the experiments without a claim are there.
    private static let shown: [(String, Set<Transition>)] = [
        ("simultaneous-open", [Transition(from: .synSent, to: .synReceived)]),
        (
            "half-open",
            [Transition(from: .synReceived, to: .finWait1), Transition(from: .synReceived, to: .listen)]
        ),
    ]

    @Test(
        "An experiment that judges nothing shows its steps, and does not when its premise is broken", arguments: shown)
    func steps(id: String, steps: Set<Transition>) async throws {
        let experiment = try #require(allExperiments.first { $0.id == id })
        let chat = try Chat()
        let whole = try await experiment.run(in: Laboratory(chat: chat, semaphore: Self.semaphore))
        let broken = try await experiment.run(
            in: Laboratory(chat: chat, breaksPremise: true, semaphore: Self.semaphore))
        #expect(steps.isSubset(of: whole.transitions))
        #expect(steps.isDisjoint(with: broken.transitions))
    }

    @Test("Every experiment judges a claim or shows a step")
    func all() {
        let without = allExperiments.filter(\.claims.isEmpty).map(\.id)
        #expect(Set(without) == Set(Self.shown.map(\.0)))
    }
}

extension ExperimentResult {
    fileprivate var transitions: [Transition] {
        recordings.flatMap { recording in Side.allCases.flatMap(recording.transitions) }
    }
}

/// What an experiment says of a claim, by the circumstances.
private struct Judgements {
    let holds: [String: Bool]

    init(_ result: ExperimentResult, of claim: String) {
        let findings = result.findings.filter { $0.claim == claim }
        holds = Dictionary(findings.map { ($0.condition ?? "", $0.holds) }) { first, _ in first }
    }
}
