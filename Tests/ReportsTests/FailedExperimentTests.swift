import Foundation
import Testing

@testable import Claims
@testable import Packets
@testable import Pages
@testable import Recordings
@testable import Reports
@testable import TCPSockets
@testable import TestSupport

@Suite("What could not be carried out, and what is not testable, in a report")
struct FailedExperimentTests {
    private let report = Report.madeUp(
        [],
        experiments: [
            ExperimentResult(
                "automatic-ports", [],
                untestable: [Untestable("F4", because: "It has no such option.", evidence: ["automatic-ports"])],
                recordings: [])
        ],
        failures: [
            RunFailure(
                id: "old-duplicate", reason: "waited in vain",
                recordings: [Recording("hosts-1", segments: .reset, clientCalls: [], serverCalls: [])]),
            RunFailure(id: "filler", reason: "nothing came of it"),
        ])

    @Test("Its capture is written, and removed again with the report")
    func capture() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "chat-test-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await ReportFolder(folder).write(report)
        let capture = "\(folder)/failures/old-duplicate-hosts-1.pcap"
        let bytes = try Data(contentsOf: URL(filePath: capture))
        // The times depend on when they are written: what CLOCK_MONOTONIC says is told as time of day.
        #expect(bytes.count == Pcap.file(of: .reset).count)
        let drawing = try String(contentsOfFile: "\(folder)/failures/old-duplicate-hosts-1.svg", encoding: .utf8)
        #expect(drawing.hasPrefix("<svg class=\"sq\" xmlns=") && !drawing.contains("var(--"))
        for captured in [CapturedSegment].reset { #expect(bytes.firstRange(of: captured.segment.packet) != nil) }
        try await ReportFolder(folder).write(.madeUp([]))
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/failures"))
    }

    @Test("It has a section of its own, with the drawing and the reason")
    func section() async throws {
        let page = try await HTMLReport(report).text()
        #expect(page.contains("Could not run: waited in vain"))
        #expect(page.contains("failures/old-duplicate-hosts-1.pcap"))
        #expect(page.contains("aria-label=\"old-duplicate, hosts-1: segments, calls and states in order\""))
        #expect(Markdown(report).text.contains("`failures/old-duplicate-hosts-1.pcap`"))
    }

    @Test("report.json names its capture, and has no key where there is none")
    func document() throws {
        let document = ReportDocument(report, hasCaptures: true)
        #expect(document.failures.map(\.id) == ["old-duplicate", "filler"])
        #expect(document.failures[0].recordings?.map(\.pcap) == ["failures/old-duplicate-hosts-1.pcap"])
        #expect(document.failures[1].recordings == nil)
        #expect(try ReportDocument(json: Array(document.json().utf8)) == document)
        #expect(try ReportDocument(json: Array(document.json().utf8)).failures[1].recordings == nil)
    }

    @Test("A claim that is not testable is told in every format, with what was probed")
    func untestable() async throws {
        let document = report.document
        #expect(document.claims.map(\.verdict) == [.notTestable])
        #expect(document.experiments[0].claims == ["F4"])
        for text in [TextReport(report).text(), Markdown(report).text, try await HTMLReport(report).text()] {
            #expect(text.contains("It has no such option."))
            #expect(text.contains("not-testable") || text.contains("not testable"))
        }
    }

    @Test("What was not as usual is remarked upon")
    func remark() {
        let remarked = Report(
            kernel: "6.1", sysctls: [:], cells: [], experiments: [], remarks: ["It took longer."], catalogue: [])
        #expect(TextReport(remarked).text().contains("It took longer."))
        #expect(Markdown(remarked).text.contains("It took longer."))
    }
}
