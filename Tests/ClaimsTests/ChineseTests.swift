import Foundation
import Testing

@testable import Claims

@Suite("The documents in Chinese")
struct ChineseTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    private static func text(_ document: String) throws -> String {
        try String(contentsOf: root.appending(path: document), encoding: .utf8)
    }

    /// What the cells of the table of remedies say, in either language; figures are the same.
    private static let words = [
        "yes": "是", "no": "否", "nothing": "不会", "client": "客户端", "server": "服务器", "nobody": "都没有",
        "not needed": "不需要", "with timestamps": "有时间戳时可以", "it is not called": "根本没有调用",
        "no limit by TIME-WAIT": "不受 TIME-WAIT 限制", "an ephemeral port": "临时端口",
        "SO_REUSEADDR on every client socket": "每个客户端 socket 都设 SO_REUSEADDR",
    ]

    private static func chinese(_ entry: String) -> String {
        if let word = words[entry] { return word }
        return entry.replacing("yes: ", with: "会：此处 ").replacing(" bytes here", with: " 字节").replacing(
            " ms here", with: " ms")
    }

    /// The rows of the first table in which every one has a `--close`, or is about ports.
    private static func remedies(_ text: String, heading: String) -> [[String]] {
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("| \(heading) |") }.prefix { $0.hasPrefix("|") }
        return lines.dropFirst(2).map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
    }

    @Test(
        "have the same table of remedies as the English ones",
        arguments: [("README.md", "README.zh-CN.md"), ("docs/results.md", "docs/results.zh-CN.md")])
    func remedies(_ english: String, _ chinese: String) throws {
        let there = Self.remedies(try Self.text(english), heading: Remedy.headings[0])
        let here = Self.remedies(try Self.text(chinese), heading: "做法")
        #expect(there.count >= 6)
        #expect(here == there.map { $0.prefix(here.first?.count ?? 0).map(Self.chinese) })
    }

    @Test("have the same matrix")
    func matrix() throws {
        func matrix(_ document: String) throws -> String {
            let blocks = try Self.text(document).split(separator: "```")
            return String(try #require(blocks.first { $0.contains("server first") }))
        }
        #expect(try matrix("README.zh-CN.md") == matrix("README.md"))
    }

    @Test("quote every claim before its answer")
    func quotations() throws {
        let quoted = try Self.text("docs/results.zh-CN.md").matches(of: #/(?m)^> .*\p{Han}.*\n\n\*\*([A-F]\d+)\. /#)
        #expect(quoted.map { String($0.1) } == Claim.all.map(\.id))
    }

    @Test("give every claim the verdict that the English results give it")
    func verdicts() throws {
        let words = ["confirmed": "成立", "refuted": "不成立", "conditional": "有条件成立", "not-testable": "此处无法检验"]
        let english = try Self.text("docs/results.md").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let verdicts = english.matches(of: /\*\*([A-F]\d+)\. [^*]+\*\* \*([a-z-]+)\.\*/).map { ($0.1, $0.2) }
        #expect(verdicts.count == Claim.all.count)
        let chinese = try Self.text("docs/results.zh-CN.md").matches(
            of: /(?m)^\*\*([A-F]\d+)\. [^*]+\*\* \*(\p{Han}+)。\*/)
        #expect(chinese.map { String($0.1) } == Claim.all.map(\.id))
        #expect(
            Dictionary(chinese.map { ($0.1, String($0.2)) }) { first, _ in first }
                == Dictionary(verdicts.map { ($0.0, words[String($0.1)] ?? "?") }) { first, _ in first })
    }
}
