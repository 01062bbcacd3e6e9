import Glibc
import Recordings
import TCPSockets

/// A descriptor that is closed when nobody has it any more, also where what it was for could not be made.
package final class OwnDescriptor: Sendable {
    package let number: CInt

    /// Takes over what a call has opened.
    ///
    /// - Throws: `LaboratoryError`, where it has failed.
    init(_ call: String, _ result: CInt) throws {
        number = try check(call, result)
    }

    deinit {
        close(number)
    }
}

/// A file that is read from its beginning each time.
final class OpenFile: Sendable {
    private let path: String
    private let descriptor: OwnDescriptor

    init(_ path: String) throws {
        self.path = path
        descriptor = try OwnDescriptor("open \(path)", open(path, O_RDONLY | O_CLOEXEC))
    }

    func text() throws -> String {
        guard let text = SmallFile.text(of: descriptor.number) else { throw LaboratoryError("read \(path)", errno) }
        return text
    }
}

/// A small file's text without the newline at its end.
package func readText(_ path: String) throws -> String {
    let text = try OpenFile(path).text()
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
}

/// Lets a write to a pipe that nobody reads any more be an error, and not the signal SIGPIPE, which would end the
/// program that uses this library. `chat-lab` ignores it altogether, and the programs that it starts do not inherit
/// that: each begins with every signal's default action.
///
/// The corresponding C functions are `pthread_sigmask` and `sigtimedwait`.
func withoutBrokenPipeSignal(_ body: () -> Void) {
    var (brokenPipe, before) = (sigset_t(), sigset_t())
    sigemptyset(&brokenPipe)
    sigaddset(&brokenPipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
    body()
    var now = timespec()
    while sigtimedwait(&brokenPipe, nil, &now) < 0, errno == EINTR {}
    pthread_sigmask(SIG_SETMASK, &before, nil)
}

func writeText(_ text: String, to path: String) throws {
    let descriptor = try check("open \(path)", open(path, O_WRONLY | O_CLOEXEC))
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    try check("write \(path)", CInt(truncatingIfNeeded: write(descriptor, bytes, bytes.count)))
}
