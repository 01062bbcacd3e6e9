package import TCPSockets

/// The two files, opened in a host's namespace and bound to it from then on.
package struct CounterFiles: Sendable {
    private let files: [OpenFile]

    /// Opens them for the namespace of the calling thread.
    init() throws {
        files = try Counters.files.map { try OpenFile($0) }
    }

    package func read() throws -> Counters {
        Counters(try files.map { try $0.text() })
    }
}
