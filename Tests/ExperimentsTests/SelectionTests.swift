import TCPSockets
import Testing

@testable import Claims
@testable import Experiments
@testable import Recordings
@testable import Runs
@testable import Scenes
@testable import Text

private struct MadeUpExperiment: Experiment {
    let id: String
    var claims: [String] = []
    let claimed = ""
    let done = ""
    let lookFor = ""

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        ExperimentResult(id, [], recordings: [])
    }
}

@Suite("Names on the command line")
struct SelectionTests {
    private let experiments: [any Experiment] = [
        MadeUpExperiment(id: "linger-waits", claims: ["B8"]), MadeUpExperiment(id: "lost-ack", claims: ["A12", "C7"]),
    ]

    private func select(_ names: String...) throws -> Selection {
        try Selection(names, from: experiments)
    }

    @Test("Nothing named is everything")
    func everything() throws {
        let selection = try select()
        #expect(selection.cells == Matrix.cells())
        #expect(selection.experiments.map(\.id) == ["linger-waits", "lost-ack"])
    }

    @Test("Names of each kind")
    func names() throws {
        #expect(try select("explicit-active").cells.map(\.id) == ["explicit-active"])
        #expect(try select("lost-ack").experiments.map(\.id) == ["lost-ack"])
        #expect(try select("matrix").cells.count == Matrix.cells().count)
        #expect(try select("matrix").experiments.isEmpty)
        #expect(try select("b8").experiments.map(\.id) == ["linger-waits"])
        #expect(try select("b8").cells.isEmpty)
        #expect(try select("A16").cells.count == Matrix.cells().count)
    }

    @Test("Of a claim only the cells that bear on it")
    func bearing() throws {
        let ids = try select("B9").cells.map(\.id)
        #expect(ids.count == 40 && ids.contains("explicit-reset"))
        #expect(ids.allSatisfy { $0.contains("-reset") })
    }

    @Test("A claim on which nothing bears is known all the same, and the complaint says what is amiss")
    func nothingBears() {
        let problem = #expect(throws: Selection.Problem.self) { try select("e6") }
        #expect(problem?.description == "no cell and no experiment tests E6")
    }

    @Test("What is named twice runs once, in the order of the laboratory")
    func twice() throws {
        let selection = try select("lost-ack", "explicit-reset", "l*", "explicit-active", "explicit-reset")
        #expect(selection.cells.map(\.id) == ["explicit-active", "explicit-reset"])
        #expect(selection.experiments.map(\.id) == ["linger-waits", "lost-ack"])
    }

    @Test("A family leaves the other one out")
    func family() throws {
        let selection = try Selection(["explicit-active*"], families: [.v6], from: experiments)
        #expect(Set(selection.cells.map(\.family)) == [.v6])
        #expect(throws: Selection.Problem.self) {
            try Selection(["explicit-active"], families: [.v6], from: experiments)
        }
    }

    @Test(
        "Names that do not exist are told the nearest that do",
        arguments: [
            ("explicit-activ", "explicit-active"), ("lost-akc", "lost-ack"), ("matrx", "matrix"),
            ("implicit-reste", "implicit-reset"), ("passive", "explicit-passive"), ("pasive", "explicit-passive"),
            ("A99", "A9"),
        ])
    func near(_ name: String, _ suggestion: String) {
        let problem = #expect(throws: Selection.Problem.self) { try select(name) }
        #expect(problem?.description.contains("did you mean \(suggestion)") == true)
    }

    @Test("Names like nothing are told so", arguments: ["zzzzzzzz", "z*", ""])
    func far(_ name: String) {
        let problem = #expect(throws: Selection.Problem.self) { try select(name) }
        #expect(problem?.description.contains("did you mean") == false)
    }

    @Test("Where one name is wanted, no pattern and not the whole matrix is suggested")
    func single() {
        #expect(Selection.complaint("matrix").hasPrefix("matrix is all \(Matrix.cells().count) cells"))
        #expect(Selection.complaint("explicit*").hasPrefix("explicit* is a pattern"))
        #expect(!Selection.complaint("matrx").contains("did you mean matrix"))
        #expect(Selection.complaint("") == "the name is empty; chat-lab list shows the names")
    }

    @Test(
        "A star stands for any text",
        arguments: [
            ("*", "anything", true), ("*", "", true), ("a*", "abc", true), ("*c", "abc", true), ("a*c", "abc", true),
            ("a*c", "ac", true), ("aa*aa", "aaa", false), ("a*b*c", "axxbyyc", true), ("a*b*c", "ac", false),
            ("abc", "abc", true), ("abc", "abcd", false), ("**", "x", true), ("*b*", "abc", true), ("b*", "abc", false),
        ])
    func stars(_ pattern: String, _ name: String, _ matches: Bool) {
        #expect(Pattern(pattern).matches(name) == matches)
    }

    @Test("Every claim of an experiment, and of the matrix, is one")
    func claims() {
        for id in allExperiments.flatMap(\.claims) + Matrix.claims { #expect(Claim.named(id) != nil) }
        #expect(Set(allExperiments.map(\.id)).count == allExperiments.count)
    }
}
