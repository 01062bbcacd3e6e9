import ArgumentParser
import Console
import Dispatch
import Glibc
import Synchronization
import TCPSockets

/// Carries out a task that SIGINT or SIGTERM cancels: the task ends with its programs and hosts gone, and the
/// program with 128 and the signal's number. A second signal ends the program at once; the kernel ends its children
/// then.
///
/// - Throws: `ExitCode`.
func interruptible<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    let signals = try orExit(.software) { try Signals([SIGINT, SIGTERM]) }
    let task = Task { try await body() }
    let received = Mutex<CInt?>(nil)
    let source = DispatchSource.makeReadSource(fileDescriptor: signals.descriptor)
    source.setEventHandler {
        while let number = signals.next() {
            let isFirst = received.withLock { received in
                defer { received = received ?? number }
                return received == nil
            }
            if isFirst { task.cancel() } else { _exit(128 + number) }
        }
    }
    source.activate()
    defer { source.cancel() }
    do {
        return try await task.value
    } catch {
        if let number = received.withLock({ $0 }) { throw ExitCode(128 + number) }
        writeLine("chat-lab: \(error)", to: 2)
        throw ExitCode(ExitStatus.software.rawValue)
    }
}

/// Says what is wrong, and ends the program with a code.
@discardableResult
func orExit<R>(_ status: ExitStatus, _ body: () throws -> R) throws -> R {
    do {
        return try body()
    } catch {
        writeLine("chat-lab: \(error)", to: 2)
        throw ExitCode(status.rawValue)
    }
}

/// A reader of a pipe that has gone away shows in write(), and not as the end of this program.
func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
}
