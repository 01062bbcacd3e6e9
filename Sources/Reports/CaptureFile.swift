package import Claims
package import Recordings

/// Where the capture of a recording, and its drawing, lie below the report's folder.
package enum CaptureFile {
    package static func of(_ cell: Cell) -> String { "cells/\(cell.id).pcap" }

    package static func of(_ recording: Recording, in experiment: ExperimentResult) -> String {
        "experiments/\(experiment.id)-\(recording.name).pcap"
    }

    package static func of(_ recording: Recording, in failure: RunFailure) -> String {
        "failures/\(failure.id)-\(recording.name).pcap"
    }

    /// Where the drawing of the same recording lies.
    package static func drawing(besides capture: String) -> String { "\(capture.dropLast(5)).svg" }
}
