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

    @Test(
        "in the documents that list them all", arguments: CloseStrategy.allCases,
        ["docs/closing/README.md", "docs/load.md", "man/chat-client.1", "README.md"])
    func documents(_ strategy: CloseStrategy, _ path: String) throws {
        let name = NSRegularExpression.escapedPattern(for: strategy.rawValue)
        let words = try Regex("(^|[^a-z-])\(name)($|[^a-z-])").anchorsMatchLineEndings()
        #expect(try Self.text(path).contains(words), "\(strategy.rawValue) is not in \(path)")
    }
}
