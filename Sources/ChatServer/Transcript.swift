import Glibc
import Synchronization
import TCPSockets

/// The record of answered questions: a file of JSON lines.
///
/// An entry is with the kernel, at the end of the file, before its answer is sent. So whatever happens to the server, no
/// answer was given that the transcript does not have. Entries that belong to one turn of a connection go out in one write.
///
/// Nothing here waits for a reader: a pipe is opened so that it does not block. While it is full, the answers wait, and nobody
/// else does.
final class Transcript: Sendable {
    private struct State {
        var descriptor: CInt
        /// A line that a pipe has taken in part; its rest goes before everything else.
        var line: ArraySlice<UInt8> = []
        var torn: ArraySlice<UInt8> = []
    }

    private let path: String
    /// Held while entries are written: the event loops share the file.
    private let state: Mutex<State>
    /// How many bytes of a torn last line were cut off when the file was opened, as a server leaves it that is killed
    /// in the middle of a write.
    let mendedBytes: Int

    /// - Throws: `TranscriptError`.
    init(path: String) throws {
        self.path = path
        let descriptor = try Self.open(path)
        mendedBytes = try Self.takeOver(descriptor, path)
        state = Mutex(State(descriptor: descriptor))
    }

    deinit {
        state.withLock { _ = close($0.descriptor) }
    }

    /// A link is not followed: who may write to the folder could let it lead to any file of the server's user.
    private static func open(_ path: String) throws -> CInt {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW
        let descriptor = Glibc.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw TranscriptError(call: "open \(path)", errno: Errno(rawValue: errno)) }
        return descriptor
    }

    /// Begins a new file where the path leads to one, after the old one was moved away.
    ///
    /// - Throws: `TranscriptError`; the old file is kept then.
    func reopen() throws {
        let descriptor = try Self.open(path)
        try state.withLock { state in
            guard !isSameFile(descriptor, state.descriptor) else {
                close(descriptor)
                return
            }
            _ = try Self.takeOver(descriptor, path)
            close(state.descriptor)
            // A line that the old pipe has in part goes to the new one whole.
            state = State(descriptor: descriptor, line: state.line, torn: state.line)
        }
    }

    /// Makes sure that no other server writes to a file, and mends its end. A pipe may have several writers.
    ///
    /// - Throws: `TranscriptError`; the descriptor is closed then.
    private static func takeOver(_ descriptor: CInt, _ path: String) throws -> Int {
        do {
            guard isRegularFile(descriptor) else { return 0 }
            // Given up by the kernel when the server ends, however it does. Where a file system knows no locks, it goes without.
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                throw TranscriptError(call: "flock \(path)", errno: .wouldBlock)
            }
            return try mendTranscript(path)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Writes entries.
    ///
    /// - Returns: nil when all of them are with the kernel; otherwise what is left to be written later, because a pipe had no
    ///   room. Until then none of their answers may be sent.
    /// - Throws: `TranscriptError`; none of their answers may ever be sent then.
    func append(_ entries: [UInt8]) throws -> [UInt8]? {
        try state.withLock { state in
            if !state.torn.isEmpty {
                let (written, error) = Self.write(state.torn, to: state.descriptor)
                state.torn = state.torn.dropFirst(written)
                if let error { throw TranscriptError(call: "write", errno: error) }
                guard state.torn.isEmpty else { return entries }
                state.line = []
            }
            let end = lseek(state.descriptor, 0, SEEK_END)
            let (written, error) = Self.write(entries[...], to: state.descriptor)
            guard written < entries.count else { return nil }
            // A torn line would take the next one with it. From a file it can be taken back …
            if end >= 0, let error, ftruncate(state.descriptor, end) == 0 {
                throw TranscriptError(call: "write", errno: error)
            }
            // … and on a pipe its rest goes before whatever comes next.
            let left = Self.tear(entries, at: written, &state)
            if let error { throw TranscriptError(call: "write", errno: error) }
            return left
        }
    }

    /// - Returns: What comes after the line that was torn.
    private static func tear(_ entries: [UInt8], at written: Int, _ state: inout State) -> [UInt8] {
        guard written > 0, entries[written - 1] != lineFeed else { return Array(entries[written...]) }
        let start = entries[..<written].lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        let end = entries[written...].firstIndex(of: lineFeed) ?? entries.endIndex - 1
        state.line = entries[start...end]
        state.torn = entries[written...end]
        return Array(entries[(end + 1)...])
    }

    private static let lineFeed = UInt8(ascii: "\n")

    /// Writes until everything is written, or there is no room, or an error. A write that comes up short does not say why;
    /// the next one does.
    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) -> (written: Int, error: Errno?) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
                continue
            }
            let error = written < 0 ? Errno(rawValue: errno) : .noSpace
            if error == .interrupted { continue }
            return (bytes.count - rest.count, error == .wouldBlock ? nil : error)
        }
        return (bytes.count, nil)
    }
}

private func isRegularFile(_ descriptor: CInt) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

private func isSameFile(_ one: CInt, _ other: CInt) -> Bool {
    var (first, second) = (stat(), stat())
    return fstat(one, &first) == 0 && fstat(other, &second) == 0
        && (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)
}

extension Errno {
    fileprivate static let noSpace = Errno(rawValue: ENOSPC)
    fileprivate static let readOnly = Errno(rawValue: EROFS)
    fileprivate static let symbolicLink = Errno(rawValue: ELOOP)
    fileprivate static let noReader = Errno(rawValue: ENXIO)
}

/// A transcript that cannot be kept.
package struct TranscriptError: Error, CustomStringConvertible {
    let call: String
    let errno: Errno

    /// Whether the kernel does not permit it, rather than fail at it.
    package var isPermission: Bool { [.permissionDenied, .notPermitted, .readOnly].contains(errno) }

    package var description: String { "transcript: \(call): \(errno). \(remedy)" }

    private var remedy: String {
        switch errno {
        case .symbolicLink: "A symbolic link is not followed; name the file itself."
        case .wouldBlock: "Another server writes to this file; name another one."
        case .noReader: "Nobody reads this pipe; start its reader first."
        default: "Name a writable file, on a disk with free space."
        }
    }
}
