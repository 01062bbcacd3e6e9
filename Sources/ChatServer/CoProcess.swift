import CLinux
import Glibc
import TCPSockets

/// The answerer of one conversation: a process that reads a question a line and writes an answer a line.
///
/// Its pipes are polled by the event loop of the conversation, so a process that hangs keeps nobody else waiting.
///
/// One line for each question, no more: a line that nobody asked for would be taken for the next answer, and each
/// answer after it be that of another question. So it is never given to anybody; it is the end of the process.
///
/// Which line was asked for is known because a question is handed over without its line feed at first. When the process
/// has taken that out of the pipe, it is done with the question before; a line that it has written until then is
/// nobody's. Only then does it get the line feed, and what comes after that is the answer. (A question without text has
/// nothing to be taken out beforehand: it waits for a moment in which nothing comes.) A program that copies bytes, such as
/// cat(1), writes before it has the line feed: so what it has taken may come back, and nothing else.
final class CoProcess {
    enum Outcome: Equatable {
        case nothing
        case answer(String)
        case failed(String)
        /// There is more to read, after the others have had their turn.
        case again
        /// The question is not taken yet; look again in a moment.
        case holds
        /// The process has ended while nobody waited for it.
        case ended
    }

    let process: pid_t
    private let input: CInt
    private let output: CInt
    private let maximumAnswer: Int
    /// The question without its line feed, and what is not written yet of it, or of the line feed.
    private var question: [UInt8] = []
    private var unwritten: ArraySlice<UInt8> = []
    private var unread: [UInt8] = []
    /// How many bytes of `unread` are known to hold no newline.
    private var searched = 0
    /// How many bytes of `unread` are known to be those of the question that is offered.
    private var copied = 0
    private enum Stage {
        case idle
        /// The question is handed over but for its line feed.
        case offered
        /// All of it is.
        case asked
    }

    private var stage = Stage.idle
    /// How long a question without text waits after the last answer.
    private var holdsUntil: Moment
    static let quietTime = Duration.milliseconds(1)
    private static let readSize = 65_536
    private static let readsPerTurn = 4

    /// - Parameters:
    ///   - maximumAnswer: The longest answer in bytes.
    /// - Throws: `CoProcesses.Failure`.
    init(_ processes: CoProcesses, maximumAnswer: Int, now: Moment) throws {
        let toChild = try makePipe()
        let fromChild: (readEnd: CInt, writeEnd: CInt)
        do {
            fromChild = try makePipe()
        } catch {
            for end in [toChild.readEnd, toChild.writeEnd] { Glibc.close(end) }
            throw error
        }
        defer { for end in [toChild.readEnd, fromChild.writeEnd] { Glibc.close(end) } }
        (input, output) = (toChild.writeEnd, fromChild.readEnd)
        self.maximumAnswer = maximumAnswer
        holdsUntil = now
        do {
            process = try processes.start(input: toChild.readEnd, output: fromChild.writeEnd)
        } catch {
            for end in [input, output] { Glibc.close(end) }
            throw error
        }
        for end in [input, output] { setNonBlocking(end) }
    }

    /// The loop polls this for answers …
    var outputDescriptor: CInt { output }
    /// … and this for room, while a question is not written whole.
    var inputDescriptor: CInt { input }

    /// Hands over a question. Line ends inside it become blanks: it is to be one line.
    func ask(_ question: String, now: Moment) -> Outcome {
        switch look() {
        case .ended: return .failed(Self.ended)
        case .failed(let reason): return .failed(reason)
        default: break
        }
        self.question = question.utf8.map { $0 == Self.lineFeed || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        unwritten = self.question[...]
        copied = 0
        if !unwritten.isEmpty { holdsUntil = now }
        stage = .offered
        return goOn(now: now)
    }

    /// Hands over what is to be handed over, and takes what has come.
    func goOn(now: Moment) -> Outcome {
        switch stage {
        case .idle: return look()
        case .offered:
            if case .failed(let reason) = write() { return .failed(reason) }
            // In this order: what was written before the question was taken is there to be read now.
            let isTaken = !hasUnreadQuestion && now >= holdsUntil
            let outcome = read()
            if case .failed(let reason) = outcome { return .failed(reason) }
            guard isCopy() else { return .failed(Self.early) }
            guard isTaken else { return unwritten.isEmpty ? .holds : outcome }
            stage = .asked
            unwritten = [Self.lineFeed]
            return goOn(now: now)
        case .asked:
            if case .failed(let reason) = write() { return .failed(reason) }
            let outcome = read()
            if case .answer = outcome {
                stage = .idle
                holdsUntil = now + Self.quietTime
            }
            return outcome
        }
    }

    /// Closes the pipes; the process is left to be ended.
    func close() {
        for end in [input, output] { Glibc.close(end) }
    }

    private static let lineFeed = UInt8(ascii: "\n")

    /// Looks for output while there must be none.
    private func look() -> Outcome {
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(output, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return .nothing }
            return count > 0 ? .failed("the answering process wrote a line without a question") : .ended
        }
    }

    static let ended = "the answering process has ended"
    private static let early = "the answering process wrote something before it read the question"

    private func write() -> Outcome {
        while !unwritten.isEmpty {
            let count = unwritten.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { return .nothing }
                return .failed(look() == .ended ? Self.ended : "the answering process has closed its input")
            }
            unwritten = unwritten.dropFirst(count)
        }
        return .nothing
    }

    /// Reads on, until there is a line or nothing more for now.
    private func read() -> Outcome {
        var chunk = [UInt8](repeating: 0, count: Self.readSize)
        for _ in 0..<Self.readsPerTurn {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return .nothing }
            if count <= 0 { return .failed(Self.ended) }
            unread += chunk[..<count]
            if let newline = unread[searched...].firstIndex(of: Self.lineFeed) { return takeLine(newline) }
            searched = unread.count
            if searched > maximumAnswer { return .failed("the answering process wrote a line that is too long") }
        }
        return .again
    }

    private func takeLine(_ newline: Int) -> Outcome {
        var line = unread[..<newline]
        if newline + 1 < unread.count {
            return .failed("the answering process wrote more than one line for a question")
        }
        if stage == .offered || hasUnreadQuestion {
            return .failed(Self.early)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.count > maximumAnswer { return .failed("the answering process wrote a line that is too long") }
        guard let text = String(validating: line, as: UTF8.self) else {
            return .failed("the answering process wrote something that is not UTF-8")
        }
        unread = []
        searched = 0
        return .answer(text)
    }

    /// How much of the question is not taken yet. The corresponding C call is `ioctl(…, FIONREAD)`, which tells
    /// at either end of a pipe how much is in it (pipe(7)).
    private var bytesInPipe: Int {
        var count: CInt = 0
        return ioctl(input, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    private var hasUnreadQuestion: Bool { !unwritten.isEmpty || bytesInPipe > 0 }

    /// Whether what came before the line feed was handed over is the beginning of the question, no more than was taken.
    private func isCopy() -> Bool {
        guard unread.count > copied else { return true }
        guard unread.count <= question.count - unwritten.count - bytesInPipe else { return false }
        defer { copied = unread.count }
        return unread[copied...].elementsEqual(question[copied..<unread.count])
    }
}
