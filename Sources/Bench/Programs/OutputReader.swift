import Glibc
import Recordings
import TCPSockets

/// Reads what a program writes on standard output and on standard error, and cuts it into lines.
struct OutputReader {
    /// A pipe's reading end, and what of a line has come from it so far.
    private struct Stream {
        /// nil once it is over.
        var descriptor: OwnDescriptor?
        var rest: [UInt8] = []
    }

    private let program: ConditionVariable<Program.Output>
    private var lines: Stream
    private var messages: Stream

    init(lines: OwnDescriptor, messages: OwnDescriptor, _ program: ConditionVariable<Program.Output>) {
        self.program = program
        self.lines = Stream(descriptor: lines)
        self.messages = Stream(descriptor: messages)
    }

    /// Reads both to their ends. A line without a newline at the end of a stream counts.
    ///
    /// - Throws: `LaboratoryError`, `SocketError`. However it ends, nobody is to wait for more.
    mutating func readAll() throws {
        defer { program.change { ($0.outputIsOver, $0.messagesAreOver) = (true, true) } }
        while lines.descriptor != nil || messages.descriptor != nil {
            let ready = try wait(for: [awaited(lines), awaited(messages)])
            if ready.contains(0) {
                let (read, isOver) = try Self.take(&lines)
                program.change { $0.takeLines(read, isOver) }
            }
            if ready.contains(1) {
                let (read, isOver) = try Self.take(&messages)
                let traced = read.map { (line: $0, trace: TraceLine(line: $0)) }
                program.change { $0.takeMessages(traced, isOver) }
            }
        }
    }

    private func awaited(_ stream: Stream) -> Awaited {
        stream.descriptor.map { .input($0.number) } ?? .nothing
    }

    /// Reads once: the lines that are whole by then, and whether the stream is over.
    private static func take(_ stream: inout Stream) throws -> (lines: [String], isOver: Bool) {
        guard let descriptor = stream.descriptor else { return ([], true) }
        let old = stream.rest.count
        let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            let count = read(descriptor.number, buffer.baseAddress, buffer.count)
            if count > 0 { stream.rest.append(contentsOf: buffer[..<count]) }
            return count
        }
        if count < 0 {
            if errno == EINTR { return ([], false) }
            throw LaboratoryError("read from a program", errno)
        }
        var lines: [String] = []
        var start = 0
        // What was there before holds no newline.
        while let end = stream.rest[max(start, lines.isEmpty ? old : 0)...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: stream.rest[start..<end], as: UTF8.self))
            start = end + 1
        }
        stream.rest.removeFirst(start)
        if count == 0 {
            if !stream.rest.isEmpty { lines.append(String(decoding: stream.rest, as: UTF8.self)) }
            stream = Stream(descriptor: nil)
        }
        return (lines, count == 0)
    }
}

extension Program.Output {
    fileprivate mutating func takeLines(_ read: [String], _ isOver: Bool) {
        lines += read
        outputIsOver = outputIsOver || isOver
    }

    /// The trace, and everything else that comes on standard error.
    fileprivate mutating func takeMessages(_ read: [(line: String, trace: TraceLine?)], _ isOver: Bool) {
        for (line, trace) in read {
            guard let trace else {
                messages.append(line)
                continue
            }
            if let call = SocketCall(trace) { calls.append(call) }
            if let end = ConversationEnd(trace) { ends.append(end) }
        }
        messagesAreOver = messagesAreOver || isOver
    }
}
