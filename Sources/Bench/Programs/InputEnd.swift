import Synchronization
package import SystemPackage

/// The laboratory's end of the pipe that is a program's standard input.
package final class InputEnd: Sendable {
    private let descriptor: Mutex<FileDescriptor?>

    package init(_ descriptor: FileDescriptor) {
        self.descriptor = Mutex(descriptor)
    }

    /// A program that takes no more has ended, which shows elsewhere.
    func write(_ text: String) {
        descriptor.withLock { descriptor in
            withoutBrokenPipeSignal { _ = try? descriptor?.writeAll(Array(text.utf8)) }
        }
    }

    /// Ends the input; once is enough.
    package func close() {
        descriptor.withLock { try? $0.take()?.close() }
    }
}
