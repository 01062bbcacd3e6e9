import Foundation
import TCPSockets
import Testing

/// The places that must know a close strategy and that no compiler looks at.
@Suite("A way to close is named")
struct StrategyPlacesTests {
    private static let root = #filePath.components(separatedBy: "/Tests/")[0]

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    @Test("by a page of its own, with its name on it", arguments: CloseStrategy.allCases)
    func page(_ strategy: CloseStrategy) throws {
        let path = "docs/closing/\(strategy.rawValue).md"
        let page = try? Self.text(path)
        #expect(page?.contains("--close \(strategy.rawValue)") == true, "\(path)")
    }

    /// How each document names one in its list: as a word of a sentence, "active" would be found anyway.
    private static let lists = [
        ("docs/closing/README.md", "^\\| .*`NAME`"), ("docs/load.md", "^\\| (`[a-z-]+`, )*`NAME`"),
        ("man/chat-client.1", "^\\.It Cm NAME$"),
        // Its table of the matrix.
        ("README.md", "^NAME( |$)"),
    ]

    @Test("in the documents that list them all", arguments: CloseStrategy.allCases, lists)
    func documents(_ strategy: CloseStrategy, _ list: (path: String, pattern: String)) throws {
        let name = NSRegularExpression.escapedPattern(for: strategy.rawValue)
        let line = try Regex(list.pattern.replacing("NAME", with: name)).anchorsMatchLineEndings()
        #expect(try Self.text(list.path).contains(line), "\(strategy.rawValue) is not in the list of \(list.path)")
    }
}
