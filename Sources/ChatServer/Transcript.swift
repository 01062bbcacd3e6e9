internal import FoundationEssentials
internal import Glibc
internal import Synchronization
internal import TCPSockets

/// The record of answered questions: a file of JSON lines.
///
/// A line is with the kernel, in one write() at the end of the file, before its answer is sent. So whatever
/// happens to the server, no answer was given that the transcript does not have.
final class Transcript: Sendable {
    private struct Line: Encodable {
        let time: String
        let client: String
        let question: String
        let answer: String
    }

    private let descriptor: CInt
    /// Held while a line is written: the event loops share the file.
    private let writing = Mutex(())

    /// - Throws: `TranscriptError`.
    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TranscriptError(call: "open \(path)", errno: Errno(rawValue: errno)) }
    }

    deinit {
        close(descriptor)
    }

    /// - Throws: `TranscriptError`, and the answer must not be sent then.
    func record(client: Endpoint, question: String, answer: String) throws {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes = try encoder.encode(
            Line(time: time, client: client.description, question: question, answer: answer))
        bytes.append(UInt8(ascii: "\n"))
        try writing.withLock { _ in try append(bytes) }
    }

    private func append(_ line: Data) throws {
        let end = lseek(descriptor, 0, SEEK_END)
        let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written != line.count else { return }
        let error = TranscriptError(call: "write", errno: written < 0 ? Errno(rawValue: errno) : .noSpace)
        // A torn line would take the next one with it.
        if written > 0 { ftruncate(descriptor, end) }
        throw error
    }
}

extension Errno {
    fileprivate static let noSpace = Errno(rawValue: ENOSPC)
    fileprivate static let readOnly = Errno(rawValue: EROFS)
}

/// A transcript that cannot be kept.
public struct TranscriptError: Error, CustomStringConvertible {
    let call: String
    let errno: Errno

    /// Whether the kernel does not permit it, rather than fail at it.
    public var isPermission: Bool { [.permissionDenied, .notPermitted, .readOnly].contains(errno) }

    public var description: String {
        "transcript: \(call): \(errno). Name a file that can be written, on a disk with room."
    }
}
