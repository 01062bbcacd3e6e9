import ArgumentParser
import Console
import Dispatch
import Glibc
import Synchronization
import TCPSockets

/// Carries out a task that SIGINT or SIGTERM cancels: the task ends with its programs and hosts gone, and the
/// program with 128 and the signal's number. A second signal ends the program at once; the kernel ends its children
/// then. Afterwards a signal does again what it does to any program: the result may take long to write.
///
/// - Parameter screen: A terminal that is given back while the program is stopped.
/// - Throws: `ExitCode`.
func interruptible<R: Sendable>(
    _ screen: WatchScreen? = nil, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    let (result, signal) = try await result(screen, of: body)
    if let signal { throw ExitCode(128 + signal) }
    return result
}

/// The same for a task that comes to a result also where it is cancelled.
///
/// - Returns: The result, and the signal that has cancelled it.
func result<R: Sendable>(
    _ screen: WatchScreen? = nil, of body: @escaping @Sendable () async throws -> R
) async throws -> (R, signal: CInt?) {
    let ofTerminal = screen?.isTerminal == true ? [SIGTSTP, SIGCONT, SIGWINCH, SIGQUIT] : []
    let caught = [SIGINT, SIGTERM] + ofTerminal
    let signals = try orExit(.software) { try Signals(caught) }
    let task = Task { try await body() }
    let received = Mutex<CInt?>(nil)
    let takeSignals: @Sendable () -> CInt? = {
        received.withLock { received in
            while let number = signals.next() {
                if let screen, ofTerminal.contains(number) {
                    obey(number, screen)
                    continue
                }
                if received != nil { _exit(128 + number) }
                received = number
                task.cancel()
            }
            return received
        }
    }
    let source = DispatchSource.makeReadSource(fileDescriptor: signals.descriptor)
    source.setEventHandler { _ = takeSignals() }
    source.activate()
    let result = await task.result
    source.cancel()
    for number in caught { signal(number, SIG_DFL) }
    // One that came last, and that nobody has looked at yet, counts as well.
    let number = takeSignals()
    do {
        return (try result.get(), number)
    } catch  where number != nil {
        throw ExitCode(128 + (number ?? 0))
    } catch let code as ExitCode {
        throw code
    } catch let error as LostResult {
        writeLine("chat-lab: \(error)", to: 2)
        throw ExitCode(ExitStatus.connectionLost.rawValue)
    } catch {
        writeLine("chat-lab: \(error)", to: 2)
        throw ExitCode(ExitStatus.software.rawValue)
    }
}

/// Does what a signal about the terminal asks for.
private func obey(_ signal: CInt, _ screen: WatchScreen) {
    switch signal {
    case SIGTSTP:
        screen.leave()
        Signals.suspend()
        screen.enter()
    case SIGCONT: screen.enter()
    case SIGQUIT:
        screen.leave()
        Signals.die(of: signal)
    default: screen.redraw()
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

/// Carries out something that waits on a thread of its own, and not on one of those that Swift's tasks share.
func onThreadOfItsOwn<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "waiting").async { continuation.resume(with: Result(catching: body)) }
    }
}
