internal import Synchronization
internal import SystemPackage

/// The laboratory's end of the pipe that is a program's standard input.
final class InputEnd: Sendable {
    private let descriptor: Mutex<FileDescriptor?>

    init(_ descriptor: FileDescriptor) {
        self.descriptor = Mutex(descriptor)
    }

    /// A program that takes no more has ended, which shows elsewhere.
    func write(_ text: String) {
        descriptor.withLock { descriptor in
            withoutBrokenPipeSignal { _ = try? descriptor?.writeAll(Array(text.utf8)) }
        }
    }

    /// Ends the input; once is enough.
    func close() {
        descriptor.withLock { try? $0.take()?.close() }
    }
}
