import Foundation
import Testing

@testable import Claims
@testable import Reports

/// What is kept of other kernels, and the page that explains it.
@Suite("docs/kernels.md")
struct KernelsTests {
    private static let root = #filePath.components(separatedBy: "/Tests/")[0]
    private static let series = ["5.10", "6.1", "6.12", "6.18", "7.2"]
    private static let emulated = ["5.10", "6.1", "6.12", "7.2"].map { "\($0)-qemu" }

    private static func report(_ name: String) throws -> (file: String, document: ReportDocument) {
        let file = "docs/expected/linux-\(name).json"
        return (file, try ReportDocument(file: "\(root)/\(file)"))
    }

    private static func page() throws -> String {
        try String(contentsOfFile: "\(root)/docs/kernels.md", encoding: .utf8)
    }

    @Test("has the comparison of the expectations, as chat-lab compare writes it")
    func compared() throws {
        let page = try Self.page()
        for (mark, names) in [("compared", Self.series), ("emulated", Self.emulated)] {
            let sides = SideBySide(try names.map(Self.report))
            #expect(page.contains("<!-- \(mark) -->\n\(sides.markdown)\n<!-- /\(mark) -->"), "\(mark)")
        }
    }

    @Test("explains each claim that differs, and each setting")
    func explained() throws {
        let page = try Self.page()
        let why = try #require(page.components(separatedBy: "\n## Why\n").last)
        let sides = try [Self.series, Self.emulated].map { SideBySide(try $0.map(Self.report)) }
        for id in Set(sides.flatMap(\.rows).map(\.id)) {
            #expect(why.contains(try Regex("\\b\(id)\\b")), "\(id)")
        }
        for setting in Set(sides.flatMap(\.settings).map(\.id)) {
            #expect(why.contains(setting.replacing("net.ipv4.", with: "")), "\(setting)")
        }
    }

    @Test("names the releases, each of its file's series; nothing failed in them", arguments: series + emulated)
    func releases(_ name: String) throws {
        let document = try Self.report(name).document
        let version = name.split(separator: "-")[0]
        #expect(document.kernel.hasPrefix("\(version)."))
        #expect(document.failures.isEmpty)
        #expect(document.claims.contains { $0.id == "F5" })
        let release = try #require(document.kernel.firstMatch(of: /^[0-9]+\.[0-9]+\.[0-9]+/)).output
        #expect(try Self.page().contains(release))
    }

    @Test("Every expectation is one of these")
    func all() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/docs/expected")
        #expect(Set(files) == Set((Self.series + Self.emulated).map { "linux-\($0).json" }))
    }
}
