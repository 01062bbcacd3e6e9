import Foundation
import Glibc
import Synchronization
import TCPSockets

/// What a program writes, gathered as it comes, so that a test can wait for a text instead of for a time.
///
/// The bytes are kept as they are: what matters at a terminal is often what a `String` would smooth over.
final class Output: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        /// How far `until` has got: the next one begins behind what the last one found.
        var position = 0
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// Something that was waited for and did not come.
    struct NotSeen: Error, CustomStringConvertible {
        let description: String
    }

    private let state = Mutex(State())
    private let stop: EventDescriptor

    /// Reads a descriptor to its end, and closes it then.
    init(reading descriptor: CInt) throws {
        stop = try EventDescriptor()
        Thread.detachNewThread { [self] in
            gather(descriptor)
            close(descriptor)
        }
    }

    private func gather(_ descriptor: CInt) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while let ready = try? wait(for: [.input(descriptor), .input(stop.descriptor)]) {
            guard !ready.contains(1) else { break }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            wake { $0.bytes += chunk[..<count] }
        }
        wake { $0.hasEnded = true }
    }

    private func wake(_ change: (inout State) -> Void = { _ in }) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Stops gathering, although there may be more: somebody else may hold the other end.
    func abandon() {
        stop.signal()
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

    /// Waits for a text, behind everything that was waited for before.
    ///
    /// - Returns: What came before the text, and the text.
    @discardableResult
    func until(_ text: String, within time: Duration = .seconds(20)) async throws -> String {
        let wanted = Array(text.utf8)
        return try await look("\"\(text)\"", time) { state in
            guard let range = state.bytes[state.position...].firstRange(of: wanted) else { return nil }
            defer { state.position = range.upperBound }
            return String(decoding: state.bytes[state.position..<range.upperBound], as: UTF8.self)
        }
    }

    /// Waits for what a pattern describes, behind everything that was waited for before.
    func until(_ pattern: Regex<Substring>, within time: Duration = .seconds(20)) async throws {
        nonisolated(unsafe) let pattern = pattern
        try await look("a match", time) { state -> Void? in
            let rest = String(decoding: state.bytes[state.position...], as: UTF8.self)
            guard let match = rest.firstMatch(of: pattern) else { return nil }
            state.position += rest[..<match.range.upperBound].utf8.count
            return ()
        }
    }

    /// Waits until a text is there, wherever it stands: for what comes in no fixed order.
    func contains(_ text: String, within time: Duration = .seconds(20)) async throws {
        let wanted = Array(text.utf8)
        try await look("\"\(text)\"", time) { $0.bytes.firstRange(of: wanted) == nil ? nil : () }
    }

    /// Waits until a text is there so many times.
    func contains(_ text: String, times: Int, within time: Duration = .seconds(20)) async throws {
        let wanted = Array(text.utf8)
        try await look("\"\(text)\" \(times) times", time) { state in
            state.bytes.ranges(of: wanted).count >= times ? () : nil
        }
    }

    /// Waits until all that came so far is as it should be.
    func satisfies(
        _ what: String, within time: Duration = .seconds(20), _ isTrue: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws {
        try await look(what, time) { isTrue($0.bytes) ? () : nil }
    }

    /// Waits for a text and takes it out again, as if it had never been there.
    func take(_ text: String) async throws {
        let wanted = Array(text.utf8)
        try await look("\"\(text)\"", .seconds(20)) { state in
            state.bytes.firstRange(of: wanted).map { state.bytes.removeSubrange($0) }
        }
    }

    /// Waits for the end: until every process that could write has closed it.
    func end(within time: Duration = .seconds(20)) async throws {
        try await look("the end of the output", time) { $0.hasEnded ? () : nil }
    }

    private func look<R: Sendable>(
        _ what: String, _ time: Duration, _ find: @escaping @Sendable (inout State) -> R?
    ) async throws -> R {
        let deadline = ContinuousClock.now + time
        let alarm = Task {
            try await Task.sleep(until: deadline)
            wake()
        }
        defer { alarm.cancel() }
        while true {
            let (found, isOver, count) = state.withLock { state in
                (find(&state), state.hasEnded || deadline <= .now, state.bytes.count)
            }
            if let found { return found }
            if isOver || Task.isCancelled { throw NotSeen(description: "\(what) did not come, but: \(text)") }
            await change(after: count, until: deadline)
        }
    }

    private func change(after count: Int, until deadline: ContinuousClock.Instant) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNews = state.withLock { state in
                    let isNews =
                        state.bytes.count != count || state.hasEnded || deadline <= .now || Task.isCancelled
                    if !isNews { state.waiting.append(continuation) }
                    return isNews
                }
                if isNews { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }
}
