import Glibc
import TCPSockets

/// Lines by read(), from a pipe, a file, or a terminal without line editing.
@MainActor
package final class PlainLineReader: LineEditor {
    package let descriptor: CInt
    package let isInteractive: Bool
    package var prompt = "" {
        didSet {
            guard isInteractive, prompt != oldValue else { return }
            erase(oldValue)
            showPrompt()
        }
    }

    package private(set) var lostResult: LostResult?

    private let maximumLength: Int
    private var isOpen = true
    private var pending: [UInt8] = []
    private var isSkippingLongLine = false
    private var lineNumber = 0

    package init(descriptor: CInt = 0, maximumLength: Int) {
        self.descriptor = descriptor
        self.maximumLength = maximumLength
        isInteractive = isTerminal(descriptor) && isTerminal(STDOUT_FILENO)
        if isInteractive { awaitForeground(of: descriptor) }
    }

    package func read() throws -> [LineInput] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR || errno == EAGAIN { return [] }
            throw SocketError(.read, Errno(rawValue: errno))
        }
        var inputs = take(chunk[..<count])
        if count == 0 {
            if !pending.isEmpty { inputs.append(finishLine()) }
            inputs.append(.endOfInput)
        } else if isInteractive {
            showPrompt()
        }
        return inputs
    }

    private func take(_ chunk: ArraySlice<UInt8>) -> [LineInput] {
        var inputs: [LineInput] = []
        var rest = chunk
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if isSkippingLongLine {
                isSkippingLongLine = false
            } else {
                pending += rest[..<newline]
                inputs.append(finishLine())
            }
            rest = rest[(newline + 1)...]
        }
        if !isSkippingLongLine { pending += rest }
        if pending.count > maximumLength + 1 {
            inputs.append(finishLine())
            isSkippingLongLine = true
        }
        return inputs
    }

    private func finishLine() -> LineInput {
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        defer { pending = [] }
        if pending.count > maximumLength { return unusable("longer than \(maximumLength) bytes") }
        guard let line = String(validating: pending, as: UTF8.self) else { return unusable("not UTF-8") }
        lineNumber += 1
        return .line(line)
    }

    private func unusable(_ reason: String) -> LineInput {
        lineNumber += 1
        return .unusable(lineNumber: lineNumber, reason: reason)
    }

    package var hasDraft: Bool {
        guard isInteractive else { return false }
        return !pending.isEmpty || byByte { _ in typedCount > 0 }
    }

    package func discardUnread() -> Bool { isInteractive && discardUnreadInput(of: descriptor) }

    /// Runs a block while the kernel gives each byte as it is typed. Otherwise it counts, and gives, a line when that is
    /// entered; what is typed stays where it is (n_tty_set_termios, drivers/tty/n_tty.c).
    private func byByte<R>(_ body: (_ isSo: Bool) -> R) -> R {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return body(false) }
        var byByte = settings
        byByte.c_lflag &= ~tcflag_t(ICANON)
        tcsetattr(descriptor, TCSANOW, &byByte)
        defer { tcsetattr(descriptor, TCSANOW, &settings) }
        return body(true)
    }

    private var typedCount: Int {
        var count: CInt = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Takes what is typed of the next line, so that it can be shown again; the Backspace key does not reach it any more.
    private func takeDraft() {
        byByte { isSo in
            let count = typedCount
            guard isSo, count > 0 else { return }
            var bytes = [UInt8](repeating: 0, count: count)
            let taken = Glibc.read(descriptor, &bytes, count)
            pending += bytes.prefix(max(0, taken))
        }
    }

    private func showPrompt() {
        guard isOpen else { return }
        writeText(prompt)
        _ = pending.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    /// Writes over a prompt, on any terminal; behind a line that is begun it goes on below.
    private func erase(_ prompt: String) {
        guard isOpen, !prompt.isEmpty else { return }
        writeText(pending.isEmpty ? "\r\(String(repeating: " ", count: prompt.count))\r" : "\n")
    }

    package func show(_ line: String) {
        if isInteractive {
            takeDraft()
            erase(prompt)
        }
        if !writeLine(line), lostResult == nil { lostResult = LostResult(errno: Errno(rawValue: errno)) }
        if isInteractive { showPrompt() }
    }

    package func pause() {}

    package func resume(after change: TerminalChange) {
        guard isInteractive, change != .resized else { return }
        awaitForeground(of: descriptor)
        showPrompt()
    }

    package func close() {
        guard isInteractive, isOpen else { return }
        takeDraft()
        erase(prompt)
        isOpen = false
    }
}
