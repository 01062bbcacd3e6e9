import Glibc
import TCPSockets

/// Mends the end of a transcript whose server was killed in the middle of a write: a torn line would swallow the first
/// entry of the next run. Its answer was never sent, so nothing is lost with it.
///
/// Only what looks like the beginning of an entry is cut off. Anything else was not written by a server, and gets the line
/// feed that it lacks.
///
/// - Returns: How many bytes were cut off.
/// - Throws: `TranscriptError`.
func mendTranscript(_ path: String) throws -> Int {
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
    // Whether it can be opened for writing is found out next; what cannot be read cannot be mended.
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
    let size = Int(status.st_size)
    let start = startOfLastLine(descriptor, size: size)
    guard start < size else { return 0 }
    if isBeginningOfEntry(descriptor, at: start, length: size - start) {
        guard ftruncate(descriptor, off_t(start)) == 0 else {
            throw TranscriptError(call: "ftruncate \(path)", errno: Errno(rawValue: errno))
        }
        return size - start
    }
    guard pwrite(descriptor, "\n", 1, off_t(size)) == 1 else {
        throw TranscriptError(call: "write \(path)", errno: Errno(rawValue: errno))
    }
    return 0
}

/// Where the last line begins: behind the last line feed, which is the end of a file that is whole.
private func startOfLastLine(_ descriptor: CInt, size: Int) -> Int {
    var block = [UInt8](repeating: 0, count: 65_536)
    var end = size
    while end > 0 {
        let start = max(0, end - block.count)
        let count = pread(descriptor, &block, end - start, off_t(start))
        guard count > 0 else { return size }
        if let lineFeed = block[..<count].lastIndex(of: UInt8(ascii: "\n")) { return start + lineFeed + 1 }
        end = start
    }
    return 0
}

private func isBeginningOfEntry(_ descriptor: CInt, at start: Int, length: Int) -> Bool {
    let beginning = Array(TranscriptEntries.beginning.utf8.prefix(length))
    var bytes = [UInt8](repeating: 0, count: beginning.count)
    return pread(descriptor, &bytes, bytes.count, off_t(start)) == bytes.count && bytes == beginning
}
