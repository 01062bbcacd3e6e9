import Glibc
import Recordings
import Reports

/// The folder of `read --output`: the page, the document, and what a pipe or an interface has brought.
package struct TrafficFolder: Sendable {
    private let path: String

    package var page: String { "\(path)/report.html" }
    /// The capture, where it is in no file yet.
    package var capture: String { "\(path)/capture.pcap" }
    /// The packets of one connection.
    package func capture(of number: Int) -> String { "\(path)/\(Self.captureName(number))" }
    /// The same, from the page.
    static func captureName(_ number: Int) -> String { "connections/\(number).pcap" }
    package var document: String { "\(path)/report.json" }

    /// Makes the folder, unless it is there.
    ///
    /// - Throws: `LaboratoryError`.
    package init(_ path: String) throws {
        self.path = path
        try makeFolder(path)
        try makeFolder("\(path)/connections")
        try check("access \(path)", access(path, W_OK | X_OK))
    }

    /// - Throws: `LaboratoryError`.
    package func write(page text: String) throws {
        try writeFile(Array(text.utf8), to: page)
    }
}
