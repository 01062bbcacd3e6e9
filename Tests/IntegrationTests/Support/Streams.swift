import Glibc
import Synchronization
import SystemPackage
import Testing

/// The standard streams of a program: pipes, or all three a terminal.
final class Streams: Sendable {
    let childInput: FileDescriptor
    let childOutput: FileDescriptor
    let childErrors: FileDescriptor
    let input: FileDescriptor
    let output: Output
    let errors: Output
    private let isPipes: Bool
    private let inputIsOpen: Mutex<Bool>

    init(_ terminal: Terminal?) throws {
        if let terminal {
            childInput = terminal.slave
            childOutput = terminal.slave
            childErrors = terminal.slave
            input = terminal.master
            output = terminal.output
            errors = terminal.output
        } else {
            let (toChild, fromChild, errorsFromChild) = (
                try FileDescriptor.pipe(), try FileDescriptor.pipe(), try FileDescriptor.pipe()
            )
            childInput = toChild.readEnd
            childOutput = fromChild.writeEnd
            childErrors = errorsFromChild.writeEnd
            input = toChild.writeEnd
            output = try Output(reading: fromChild.readEnd.rawValue)
            errors = try Output(reading: errorsFromChild.readEnd.rawValue)
        }
        isPipes = terminal == nil
        inputIsOpen = Mutex(isPipes)
    }

    /// Ends the program's input. At a terminal a person does that, with Ctrl-D.
    func closeInput() {
        inputIsOpen.withLock { isOpen in
            if isOpen { try? input.close() }
            isOpen = false
        }
    }

    /// Lets go of everything that is this object's own. A terminal is not.
    func close() {
        guard isPipes else { return }
        closeInput()
        output.abandon()
        errors.abandon()
    }
}

/// Ends a program that does not end by itself, and calls that a failure.
final class Watchdog: Sendable {
    private let task = Mutex<Task<Void, any Error>?>(nil)

    func watch(_ program: Program, for time: Duration) {
        task.withLock {
            $0 = Task {
                try await Task.sleep(for: time)
                Issue.record("process \(program.process) did not end: \(program.output.text)\(program.errors.text)")
                program.signal(SIGKILL)
            }
        }
    }

    func rest() {
        task.withLock { $0?.cancel() }
    }
}
