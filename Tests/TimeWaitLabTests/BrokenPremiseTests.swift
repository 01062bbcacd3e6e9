import Testing

@testable import TimeWaitLab

/// A judgement that can come out only one way is none. So each experiment runs twice, the second time without the very
/// thing that it is about.
@Suite(
    "An experiment's judgement", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .timeLimit(.minutes(3)))
struct BrokenPremiseTests {
    private static let judging = allExperiments.filter { !$0.claims.isEmpty }.map(\.id)
    private static let places = Places(8)

    @Test("comes out the other way for every claim when its premise is broken", arguments: judging)
    func flips(id: String) async throws {
        let experiment = try #require(allExperiments.first { $0.id == id })
        let whole = try await experiment.run(in: Laboratory(chat: try Chat(), places: Self.places))
        let broken = try await experiment.run(
            in: Laboratory(chat: try Chat(), breaksPremise: true, places: Self.places))
        #expect(Set(whole.findings.map(\.claim)) == Set(experiment.claims))
        for claim in experiment.claims {
            let judgements = [whole, broken].map { result in
                result.findings.filter { $0.claim == claim }.map(\.holds)
            }
            #expect(judgements[0] != judgements[1], "\(claim)")
        }
    }
}
