import Glibc
import Synchronization

/// The laboratory's end of the pipe that is a program's standard input.
package final class InputEnd: Sendable {
    private let descriptor: Mutex<OwnDescriptor?>

    init(_ descriptor: OwnDescriptor) {
        self.descriptor = Mutex(descriptor)
    }

    /// A pipe, whose writing end nobody else has.
    package static func pipe() throws -> (readEnd: OwnDescriptor, InputEnd) {
        let pipe = try Pipe()
        return (pipe.readEnd, InputEnd(pipe.writeEnd))
    }

    /// A program that takes no more has ended, which shows elsewhere.
    func write(_ text: String) {
        descriptor.withLock { descriptor in
            guard let number = descriptor?.number else { return }
            withoutBrokenPipeSignal {
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
                    if count < 0 && errno != EINTR { return }
                    rest = rest.dropFirst(max(count, 0))
                }
            }
        }
    }

    /// Ends the input; once is enough.
    package func close() {
        descriptor.withLock { $0 = nil }
    }
}
