import Glibc
import Logging
import Synchronization
import TCPSockets
import Text

/// What co-processes write to their standard error: lines of the log, and so bounded as the log is, with less than its whole
/// allowance. A client could otherwise fill the disk with complaints about its questions, and hide all other lines.
final class Complaints: Sendable {
    private struct State {
        /// The line that has not come whole, as far as it is shown.
        var unfinished: [UInt8] = []
        var limit = LineLimit(burst: 1000, perSecond: 20, now: .now)
    }

    private let descriptor: CInt
    private let state = Mutex(State())
    private static let longestLine = 1000
    private static let readSize = 16_384
    /// How many lines of one read are looked at.
    private static let linesPerRead = 500
    /// How long nobody reads after lines were left out: who writes faster than that waits.
    static let pause = Duration.milliseconds(20)

    init(reading descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Reads what is there, and logs what has come whole.
    ///
    /// - Returns: Whether so much comes that it is to be read less often.
    func read(_ logger: Logger, at now: Moment) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) { chunk in
            let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
            let (lines, leftOut) = state.withLock { state in
                let lines = Self.take(UnsafeRawBufferPointer(rebasing: chunk[..<max(0, count)]), &state, now)
                return (lines, state.limit.takeLeftOut(at: now))
            }
            for line in lines { logger.warning("co-process: \(visible(String(decoding: line, as: UTF8.self)))") }
            if let leftOut { logger.warning("co-process: \(leftOut) lines were left out: more come than are logged") }
            return count == chunk.count || state.withLock { $0.limit.leftOut > 0 }
        }
    }

    /// The lines that may be logged. What is left out is only counted.
    private static func take(_ chunk: UnsafeRawBufferPointer, _ state: inout State, _ now: Moment) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = chunk
        for _ in 0..<linesPerRead {
            guard let start = rest.baseAddress, !rest.isEmpty else { return lines }
            let end = memchr(start, lineFeed, rest.count)
            let length = end.map { UnsafeRawPointer($0) - start } ?? rest.count
            state.unfinished += rest.prefix(min(length, longestLine - state.unfinished.count))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length + (end == nil ? 0 : 1)))
            guard end != nil || state.unfinished.count == longestLine else { return lines }
            defer { state.unfinished.removeAll(keepingCapacity: true) }
            guard !state.unfinished.isEmpty else { continue }
            guard state.limit.admits(at: now) else { break }
            lines.append(state.unfinished)
        }
        leaveOut(rest, &state, now)
        return lines
    }

    private static func leaveOut(_ rest: UnsafeRawBufferPointer, _ state: inout State, _ now: Moment) {
        var (count, place) = (0, rest.baseAddress)
        while let start = place, let end = rest.baseAddress.map({ $0 + rest.count }), start < end {
            guard let found = memchr(start, lineFeed, end - start) else { break }
            count += 1
            place = UnsafeRawPointer(found) + 1
        }
        state.limit.leaveOut(count, at: now)
    }

    private static let lineFeed = CInt(UInt8(ascii: "\n"))
}
