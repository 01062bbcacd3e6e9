internal import FoundationEssentials

/// Where the capture of a recording lies below the report's folder.
enum CaptureFile {
    static func of(_ cell: Cell) -> String { "cells/\(cell.id).pcap" }

    static func of(_ recording: Recording, in experiment: ExperimentResult) -> String {
        "experiments/\(experiment.id)-\(recording.name).pcap"
    }
}

/// The folder of `--output`: the report in every format, and a capture of every recording.
public struct ReportFolder: Sendable {
    private let path: String

    /// Where the report for people is.
    public var page: String { URL(filePath: "\(path)/report.html").path }

    /// Makes the folder, unless it is there.
    ///
    /// - Throws: What the file system says; before a run and not after it.
    public init(_ path: String) throws {
        self.path = path
        for folder in ["cells", "experiments"] {
            try FileManager.default.createDirectory(
                atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
    }

    public func write(_ report: Report) throws {
        for result in report.cells {
            let passages = result.recording.passages + result.recording.reconnectPassages
            try write(Pcap.file(of: passages), to: CaptureFile.of(result.cell))
        }
        for experiment in report.experiments {
            for recording in experiment.recordings {
                try write(Pcap.file(of: recording.passages), to: CaptureFile.of(recording, in: experiment))
            }
        }
        try write(ReportDocument(report, hasCaptures: true).json() + "\n", to: "report.json")
        try write(Markdown(report).text, to: "report.md")
        try write(HTMLReport(report).text(), to: "report.html")
    }

    private func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"), options: .atomic)
    }
}
