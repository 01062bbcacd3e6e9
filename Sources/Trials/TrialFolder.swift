import Glibc
import Pages
import Recordings
import Reports
import Text

/// The folder of `--output`: what crossed as captures, drawings, a page and JSON.
package struct TrialFolder: Sendable {
    /// So many connections get files of their own; all are in `try.pcap`.
    private static let most = 20

    private let path: String
    package var page: String { "\(path)/try.html" }

    /// Makes the folder, unless it is there.
    ///
    /// - Throws: `LaboratoryError`, before a trial and not after it.
    package init(_ path: String) throws {
        self.path = path
        try makeFolder(path)
        try check("access \(path)", access(path, W_OK | X_OK))
    }

    /// Writes all of it, in the place of what an earlier trial wrote under the same names.
    ///
    /// - Returns: The names of the captures, one for each connection that has one.
    @discardableResult
    package func write(_ result: TrialResult, _ plan: TrialPlan) throws -> [String] {
        try write(Pcap.file(of: result.segments), to: "try.pcap")
        var captures: [String] = []
        for (index, connection) in result.connections.prefix(Self.most).enumerated() {
            let name = "connection-\(index + 1)"
            try write(Pcap.file(of: connection.segments), to: "\(name).pcap")
            let drawing = StoryDrawing.file(of: connection.recording, title: Telling(result, connection).sentence)
            try write(Array(drawing.utf8), to: "\(name).svg")
            captures.append("\(name).pcap")
        }
        try write(Array(Self.page(result, plan).utf8), to: "try.html")
        let document = StoryDocument(
            source: .try, kernel: result.kernel, connections: result.connectionDocuments(captures: captures),
            again: result.againDocument)
        try write(Array((document.json() + "\n").utf8), to: "try.json")
        return captures
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try writeFile(bytes, to: "\(path)/\(name)")
    }

    /// The page alone, for standard output.
    package static func page(_ result: TrialResult, _ plan: TrialPlan) -> String {
        let told = result.connections.prefix(most).enumerated().map { index, connection in
            let telling = Telling(result, connection)
            return StoryPage.Section(
                title: result.connections.count == 1 ? "The connection" : "Connection \(index + 1)",
                // The title of the page is that of the only one.
                paragraphs: (result.connections.count == 1 ? [] : [telling.sentence])
                    + telling.meaning.map { "\($0.name): \($0.text)" },
                recording: connection.recording)
        }
        let rest = StoryPage.Section(
            title: "All connections",
            paragraphs: ["\(counted(result.connections.count, "connection")):"]
                + Ways(result.connections.map(\.story)).lines)
        let title = result.connections.first.map { Telling(result, $0).sentence } ?? "No connection was made"
        return StoryPage(
            title: title,
            facts: [("Server", plan.server), ("Client", plan.client), ("Kernel", "Linux \(result.kernel)")],
            sections: told + (result.connections.count > 1 ? [rest] : [])
        ).text()
    }
}
