import Claims
import Recordings
import Reports

/// A recording, and where its capture and its drawing lie in the folder.
struct RecordedFile: Sendable {
    /// Below the folder, such as `cells/explicit-active.pcap`.
    let capture: String
    let title: String
    let recording: Recording
    /// Where a second conversation begins.
    let marks: [SequenceDiagram.Mark]

    init(_ result: CellResult) {
        capture = CaptureFile.of(result.cell)
        title = "\(result.cell.id): segments, calls and states in order"
        recording = result.recording.wholeRecording
        marks = [result.recording.secondRun].compactMap(\.self)
    }

    init(_ recording: Recording, of id: String, in capture: String) {
        (self.capture, self.recording, marks) = (capture, recording, [])
        title = "\(id), \(recording.name): segments, calls and states in order"
    }

    /// Where the drawing lies.
    var drawing: String { CaptureFile.drawing(besides: capture) }

    var svg: Markup { SequenceDrawing(SequenceDiagram(recording, marks: marks)).svg(title: title) }

    /// All of a report.
    static func all(_ report: Report) -> [RecordedFile] {
        let experiments = report.experiments.flatMap { result in
            result.recordings.map { RecordedFile($0, of: result.id, in: CaptureFile.of($0, in: result)) }
        }
        let failures = report.failures.flatMap { failure in
            failure.recordings.map { RecordedFile($0, of: failure.id, in: CaptureFile.of($0, in: failure)) }
        }
        return report.cells.map(RecordedFile.init) + experiments + failures
    }
}

/// The drawings of a page: those that the folder has as files are not drawn again.
struct Drawings: Sendable {
    /// By where their captures lie.
    var drawn: [String: Markup] = [:]

    /// The drawing, in a frame that scrolls where the page is narrower, and where its files lie.
    func figure(_ file: RecordedFile) -> Markup {
        """
        \(SequenceDrawing.frame(drawn[file.capture] ?? file.svg, title: file.title))
        <p class="files">\(Self.links(file.capture))</p>
        """
    }

    static func links(_ capture: String) -> Markup {
        let drawing = CaptureFile.drawing(besides: capture)
        return """
            <a href="\(capture)">the capture (.pcap)</a> · <a href="\(drawing)">the drawing (.svg)</a>
            """
    }
}
