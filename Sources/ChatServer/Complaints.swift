import Glibc
import Logging
import Synchronization
import TCPSockets
import Text

/// What co-processes write to their standard error: lines of the log, and so bounded as the log is. A client could
/// otherwise fill the disk with complaints about its questions.
final class Complaints: Sendable {
    private let descriptor: CInt
    /// The line that has not come whole.
    private let unfinished = Mutex<[UInt8]>([])
    private static let longestLine = 1000

    init(reading descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Reads what is there, and logs what has come whole.
    func read(_ logger: Logger) {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return }
        let lines = unfinished.withLock { rest in
            rest += chunk[..<count]
            var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let last = lines.removeLast()
            rest = Array(last)
            if rest.count > Self.longestLine {
                lines.append(last)
                rest = []
            }
            return lines.map { String(decoding: $0.prefix(Self.longestLine), as: UTF8.self) }
        }
        for line in lines where !line.isEmpty { logger.warning("co-process: \(visible(line))") }
    }
}
