internal import Glibc
internal import TCPSockets

/// Lines by read(), from a pipe, a file, or a terminal without line editing.
@MainActor
public final class PlainLineReader: LineEditor {
    public let descriptor: CInt
    public let isInteractive: Bool
    public var prompt = "" {
        didSet { if isInteractive, prompt != oldValue { showPrompt() } }
    }

    public private(set) var lostResult: LostResult?

    private let maximumLength: Int
    private var pending: [UInt8] = []
    private var isSkippingLongLine = false
    private var lineNumber = 0

    public init(descriptor: CInt = 0, maximumLength: Int) {
        self.descriptor = descriptor
        self.maximumLength = maximumLength
        isInteractive = isTerminal(descriptor) && isTerminal(STDOUT_FILENO)
    }

    public func read() throws -> [LineInput] {
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

    private func showPrompt() {
        var bytes = Array(prompt.utf8)
        _ = Glibc.write(STDOUT_FILENO, &bytes, bytes.count)
    }

    public func show(_ line: String) {
        do throws(LostResult) {
            try writeResult(line)
        } catch {
            lostResult = lostResult ?? error
        }
    }

    public func pause() {}
    public func resume(afterResize: Bool) {}
    public func close() {}
}
