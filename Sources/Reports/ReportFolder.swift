package import Claims
import FoundationEssentials
import Glibc
import Recordings

/// Where the capture of a recording lies below the report's folder.
enum CaptureFile {
    static func of(_ cell: Cell) -> String { "cells/\(cell.id).pcap" }

    static func of(_ recording: Recording, in experiment: ExperimentResult) -> String {
        "experiments/\(experiment.id)-\(recording.name).pcap"
    }

    static func of(_ recording: Recording, in failure: RunFailure) -> String {
        "failures/\(failure.id)-\(recording.name).pcap"
    }
}

/// The folder of `--output`: the report in every format, and a capture of every recording.
package struct ReportFolder: Sendable {
    private let path: String

    /// Where the report for people is.
    package var page: String { URL(filePath: "\(path)/report.html").path }

    private static let captureFolders = ["cells", "experiments", "failures"]

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
    /// - Throws: `LaboratoryError`.
    package func write(_ report: Report) throws {
        try removeEarlierCaptures()
        if !report.cells.isEmpty { try makeFolder("\(path)/cells") }
        if report.experiments.contains(where: { !$0.recordings.isEmpty }) { try makeFolder("\(path)/experiments") }
        for result in report.cells {
            let segments = result.recording.segments + result.recording.reconnectSegments
            try write(Pcap.file(of: segments), to: CaptureFile.of(result.cell))
        }
        for experiment in report.experiments {
            for recording in experiment.recordings {
                try write(Pcap.file(of: recording.segments), to: CaptureFile.of(recording, in: experiment))
            }
        }
        if report.failures.contains(where: { !$0.recordings.isEmpty }) { try makeFolder("\(path)/failures") }
        for failure in report.failures {
            for recording in failure.recordings {
                try write(Pcap.file(of: recording.segments), to: CaptureFile.of(recording, in: failure))
            }
        }
        try write(ReportDocument(report, hasCaptures: true).json() + "\n", to: "report.json")
        try write(Markdown(report).text, to: "report.md")
        try write(HTMLReport(report).text(), to: "report.html")
    }

    /// The captures of an earlier run say nothing of this one. They are removed only where the folder is that of a
    /// report: elsewhere a capture may be somebody's own.
    private func removeEarlierCaptures() throws {
        guard (try? ReportDocument(file: "\(path)/report.json")) != nil else { return }
        for folder in Self.captureFolders.map({ "\(path)/\($0)" }) {
            for name in names(in: folder) where name.hasSuffix(".pcap") {
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
