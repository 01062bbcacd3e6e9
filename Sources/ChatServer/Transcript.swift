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
        /// The rest of a line that a pipe has taken in part; it goes before everything else.
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
        mendedBytes = try mendTranscript(path)
        state = Mutex(State(descriptor: try Self.open(path)))
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
        _ = try mendTranscript(path)
        let descriptor = try Self.open(path)
        state.withLock { state in
            close(state.descriptor)
            state = State(descriptor: descriptor)
        }
    }

    /// Writes entries.
    ///
    /// - Returns: nil when all of them are with the kernel; otherwise what is left to be written later, because a pipe had no
    ///   room. Until then none of their answers may be sent.
    /// - Throws: `TranscriptError`; nothing was written then, and none of their answers may ever be sent.
    func append(_ entries: [UInt8]) throws -> [UInt8]? {
        try state.withLock { state in
            if !state.torn.isEmpty {
                state.torn = state.torn.dropFirst(try Self.write(state.torn, to: state.descriptor))
                guard state.torn.isEmpty else { return entries }
            }
            let end = lseek(state.descriptor, 0, SEEK_END)
            let written = try Self.write(entries[...], to: state.descriptor)
            guard written < entries.count else { return nil }
            // A torn line would take the next one with it. From a file it can be taken back …
            if end >= 0, ftruncate(state.descriptor, end) == 0 {
                throw TranscriptError(call: "write", errno: .noSpace)
            }
            // … and on a pipe its rest goes before whatever comes next.
            guard written > 0, entries[written - 1] != Self.lineFeed else { return Array(entries[written...]) }
            let lineEnd = entries[written...].firstIndex(of: Self.lineFeed) ?? entries.endIndex - 1
            state.torn = entries[written...lineEnd]
            return Array(entries[(lineEnd + 1)...])
        }
    }

    private static let lineFeed = UInt8(ascii: "\n")

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) throws -> Int {
        while true {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 || bytes.isEmpty { return written }
            let error = written < 0 ? Errno(rawValue: errno) : .noSpace
            if error == .wouldBlock { return 0 }
            if error != .interrupted { throw TranscriptError(call: "write", errno: error) }
        }
    }
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
        case .noReader: "Nobody reads this pipe; start its reader first."
        default: "Name a file that can be written, on a disk with room."
        }
    }
}
