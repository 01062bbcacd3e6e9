package import Claims
import FoundationEssentials
import Glibc
import Recordings
import Reports

/// The folder of `--output`: the report in every format, and a capture and a drawing of every recording.
package struct ReportFolder: Sendable {
    private let path: String

    /// Where the report for people is.
    package var page: String { URL(filePath: "\(path)/report.html").path }

    private static let recordingFolders = ["cells", "experiments", "failures"]

    /// Makes the folder, unless it is there.
    ///
    /// - Throws: `LaboratoryError`, before a run and not after it.
    package init(_ path: String) throws {
        self.path = path
        try makeFolder(path)
        try check("access \(path)", access(path, W_OK | X_OK))
    }

    /// Writes all of it, in the place of an earlier report.
    ///
    /// - Parameter asked: The names that the run was asked for; none for everything.
    /// - Throws: `LaboratoryError`.
    package func write(_ report: Report, asked: [String] = []) async throws {
        try removeEarlierFiles()
        let files = RecordedFile.all(report)
        for folder in Self.recordingFolders where files.contains(where: { $0.capture.hasPrefix("\(folder)/") }) {
            try makeFolder("\(path)/\(folder)")
        }
        async let texts: Void = writeTexts(report)
        let drawings = try await inParallel(files) { file in
            let svg = file.svg
            try write(Pcap.file(of: file.recording.segments), to: file.capture)
            try write(StoryDrawing.file(svg), to: file.drawing)
            return (file.capture, svg)
        }
        try await texts
        let drawn = Drawings(drawn: Dictionary(drawings) { first, _ in first })
        try await write(HTMLReport(report, asked: asked, drawings: drawn).text(), to: "report.html")
    }

    private func writeTexts(_ report: Report) throws {
        try write(ReportDocument(report, hasCaptures: true).json() + "\n", to: "report.json")
        try write(Markdown(report).text, to: "report.md")
    }

    /// The files of an earlier run say nothing of this one. They are removed only where the folder is that of a report:
    /// elsewhere a capture may be somebody's own.
    private func removeEarlierFiles() throws {
        guard (try? ReportDocument(file: "\(path)/report.json")) != nil else { return }
        for folder in Self.recordingFolders.map({ "\(path)/\($0)" }) {
            for name in names(in: folder) where name.hasSuffix(".pcap") || name.hasSuffix(".svg") {
                try check("unlink \(folder)/\(name)", unlink("\(folder)/\(name)"))
            }
            // It stays where something else is in it.
            rmdir(folder)
        }
    }

    private func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try writeFile(bytes, to: "\(path)/\(name)")
    }
}
