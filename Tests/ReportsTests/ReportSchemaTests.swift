import Foundation
import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("The JSON schema of report.json")
struct ReportSchemaTests {
    private static let root = #filePath.components(separatedBy: "/Tests/")[0]

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    @Test(
        "accepts the reports that are kept",
        arguments: [
            "docs/expected/linux-5.10.json", "docs/expected/linux-6.1.json", "docs/expected/linux-6.12.json",
            "docs/expected/linux-6.18.json", "docs/expected/linux-7.2.json", "docs/expected/linux-7.2-qemu.json",
            "docs/sample/report.json",
        ])
    func kept(_ path: String) throws {
        let schema = try JSONSchema(json: Self.text("docs/schema/report.json"))
        #expect(schema.complaints(about: try JSONValue(json: Self.text(path))).prefix(5) == [])
    }

    @Test("accepts what is written of cells, findings of either kind, and failures")
    func written() throws {
        let findings = [
            Finding("E3", holds: true, because: "So.", evidence: ["some"]),
            Finding("E3", holds: false, under: .others("at night"), because: "Not so.", evidence: ["some"]),
        ]
        let recording = Recording("hosts-1", segments: .reset, clientCalls: [], serverCalls: [])
        let report = Report.madeUp(
            [CellResult(Cell()), CellResult(Cell(close: .reset), connect: nil, bind: .failed(.addressInUse))],
            experiments: [ExperimentResult("some", findings, recordings: [recording])],
            failures: [
                RunFailure(id: "explicit-linger", reason: "waited 10 s in vain"),
                RunFailure(id: "old-duplicate", reason: "waited 10 s in vain", recordings: [recording]),
            ])
        let schema = try JSONSchema(json: Self.text("docs/schema/report.json"))
        for hasCaptures in [false, true] {
            let json = try ReportDocument(report, hasCaptures: hasCaptures).json()
            #expect(json.ranges(of: "\"pcap\" : \(hasCaptures ? "\"" : "null")").count == 4)
            #expect(schema.complaints(about: try JSONValue(json: json)) == [])
        }
        let json = try ReportDocument(report, hasCaptures: true).json()
        for (good, bad) in [
            ("\"schema\" : 2", "\"schema\" : 1"), ("\"exceptions\"", "\"exception\""),
            ("\"verdict\" : \"confirmed\"", "\"verdict\" : \"true\""), ("\"ordinary\" : true", "\"ordinary\" : null"),
            ("\"pcap\" : \"failures/", "\"capture\" : \"failures/"),
        ] {
            let broken = json.replacing(good, with: bad)
            #expect(broken != json, "\(good)")
            #expect(schema.complaints(about: try JSONValue(json: broken)) != [], "\(bad)")
        }
    }
}
