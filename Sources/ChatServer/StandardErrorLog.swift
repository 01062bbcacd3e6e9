import Glibc
import Logging
import TCPSockets
import Text

/// What co-processes write to their standard error: lines of the log, and so bounded as the log is, with less than its whole
/// allowance. A client could otherwise fill the disk with what its questions make a process write, and hide all other lines.
struct StandardErrorLog {
    private let descriptor: CInt
    private let logger: Logger
    /// The line that has not come whole, as far as it is shown.
    private var unfinished: [UInt8] = []
    private var limit = LogRateLimit(burst: 1000, perSecond: 20, now: .now)
    private static let longestLine = 1000
    private static let readSize = 16_384
    /// How many lines of one read are looked at.
    private static let linesPerRead = 500
    /// How long nobody reads after lines were left out: who writes faster than that waits.
    private static let pause = Duration.milliseconds(20)

    init(reading descriptor: CInt, logger: Logger) {
        self.descriptor = descriptor
        self.logger = logger
    }

    /// Has the poller tell of lines.
    func watch(_ poller: borrowing Poller) {
        do {
            try poller.add(descriptor, for: .readable, token: LoopToken.standardError)
        } catch {
            logger.error("\(error)")
        }
    }

    /// Logs what has come. A process that writes without end waits between two looks, instead of keeping the loop busy.
    mutating func read(_ poller: inout Poller, now: Moment) {
        guard read(at: now) else { return }
        try? poller.remove(descriptor)
        poller.schedule(LoopToken.standardError, at: now + Self.pause)
    }

    /// After a pause.
    mutating func readAgain(_ poller: inout Poller, now: Moment) {
        if read(at: now) {
            poller.schedule(LoopToken.standardError, at: now + Self.pause)
        } else {
            watch(poller)
        }
    }

    /// Reads what is there, and logs what has come whole.
    ///
    /// - Returns: Whether so much comes that it is to be read less often.
    mutating func read(at now: Moment) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) { chunk in
            let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
            let lines = take(UnsafeRawBufferPointer(rebasing: chunk[..<max(0, count)]), now)
            for line in lines { logger.warning("co-process: \(visible(String(decoding: line, as: UTF8.self)))") }
            if let leftOut = limit.takeLeftOut(at: now) {
                logger.warning("co-process: \(leftOut) lines were left out: too many to log")
            }
            return count == chunk.count || limit.leftOut > 0
        }
    }

    /// The lines that may be logged. What is left out is only counted.
    private mutating func take(_ chunk: UnsafeRawBufferPointer, _ now: Moment) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = chunk
        for _ in 0..<Self.linesPerRead {
            guard let start = rest.baseAddress, !rest.isEmpty else { return lines }
            let end = memchr(start, Self.lineFeed, rest.count)
            let length = end.map { UnsafeRawPointer($0) - start } ?? rest.count
            unfinished += rest.prefix(min(length, Self.longestLine - unfinished.count))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length + (end == nil ? 0 : 1)))
            guard end != nil || unfinished.count == Self.longestLine else { return lines }
            defer { unfinished.removeAll(keepingCapacity: true) }
            guard !unfinished.isEmpty else { continue }
            guard limit.admits(at: now) else { break }
            lines.append(unfinished)
        }
        leaveOut(rest, now)
        return lines
    }

    private mutating func leaveOut(_ rest: UnsafeRawBufferPointer, _ now: Moment) {
        var (count, place) = (0, rest.baseAddress)
        while let start = place, let end = rest.baseAddress.map({ $0 + rest.count }), start < end {
            guard let found = memchr(start, Self.lineFeed, end - start) else { break }
            count += 1
            place = UnsafeRawPointer(found) + 1
        }
        limit.leaveOut(count, at: now)
    }

    private static let lineFeed = CInt(UInt8(ascii: "\n"))
}
