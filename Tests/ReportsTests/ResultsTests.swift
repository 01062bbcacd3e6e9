import Foundation
import Testing

@testable import Claims
@testable import Reports

@Suite("docs/results.md")
struct ResultsTests {
    @Test("quotes each claim before its answer")
    func quotations() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let words = try String(contentsOfFile: "\(root)/docs/results.md", encoding: .utf8)
            .replacing(#/(?m)^> /#, with: "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for claim in Claim.all { #expect(words.contains(" \(claim.text) **\(claim.id). "), "\(claim.id)") }
    }

    @Test("has the answer and the verdict of each claim that the expectation answers")
    func answers() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let words = try String(contentsOfFile: "\(root)/docs/results.md", encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let expected = try ReportDocument(file: "\(root)/docs/expected/linux-6.18.json")
        let answered = expected.claims.filter { $0.answer != nil }
        #expect(!answered.isEmpty)
        for claim in answered {
            let sentence = "**\(claim.id). \(claim.answer ?? "")** *\(claim.verdict.rawValue).*"
            #expect(words.contains(sentence), "\(sentence)")
        }
    }
}
