import Packets
package import Recordings
import TCPSockets

extension Outcome {
    /// - Throws: `LaboratoryError` where the recording does not tell.
    package init(_ recording: CellRecording) throws {
        let story = try recording.story
        let sent = recording.client.calls.bytes(moved: .send)
        self.init(
            firstToClose: story.firstToClose, ending: story.reset == nil ? .fin : .rst,
            timeWait: Self.holder { recording.aftermath.state($0) == .timeWait },
            serverSaw: try ServerSaw(recording.serverEnding), reconnect: Reconnect(recording.reconnect),
            bytesSent: sent, bytesLost: sent - recording.serverCalls.bytes(moved: .recv),
            closeSeconds: recording.client.calls.closeSeconds, resetCause: recording.resetCause)
    }

    package static func holder(_ holds: (Side) -> Bool) -> Holder {
        switch (holds(.client), holds(.server)) {
        case (true, true): .both
        case (true, false): .client
        case (false, true): .server
        case (false, false): .none
        }
    }
}

extension CellRecording {
    /// The story of the cell's connection, with what both hosts kept of it and what the kernel counted.
    var story: Story {
        get throws {
            guard let history = ConnectionHistory(segments) else {
                throw LaboratoryError("no segment crossed the wire")
            }
            let holder = Outcome.holder { aftermath.state($0) == .timeWait }
            return history.story(timeWait: holder, cause: resetCause.map { ($0, nil) })
        }
    }

    /// From the counters of the host that sent the RST. `TCPAbortOnClose` is counted for unread data only; `TCPAbortOnData`
    /// for SO_LINGER {on, 0} and for data that came after close() (net/ipv4/tcp.c, __tcp_close;
    /// net/ipv4/tcp_input.c, tcp_rcv_state_process): the program's calls tell which. A RST that comes from
    /// tcp_disconnect() has no counter.
    fileprivate var resetCause: ResetCause? {
        guard let reset = segments.first(where: { $0.segment.flags.contains(.rst) }) else { return nil }
        let isClient = reset.from == .client
        let counters = isClient ? clientCounters : serverCounters
        let calls = isClient ? client.calls : serverCalls
        if counters["TcpExt:TCPAbortOnClose", default: 0] > 0 { return .unreadData }
        guard counters["TcpExt:TCPAbortOnData", default: 0] > 0 else { return nil }
        return calls.contains { $0.text("option") == "SO_LINGER" && $0.text("value") == "{1, 0}" }
            ? .lingerZero : .lateData
    }
}

extension Outcome.Reconnect {
    /// From a client's trace.
    init(_ client: FinishedProgram) {
        let bind = client.calls.first { $0.call == .bind }
        self.init(
            bind: bind.map { $0.errno.map(CallResult.failed) ?? .ok } ?? .notCalled, connect: Self.connect(of: client))
    }

    /// A connect() in progress that fails later tells in SO_ERROR (connect(2), EINPROGRESS).
    private static func connect(of client: FinishedProgram) -> CallResult? {
        if client.calls.contains(where: { $0.call == .getsockname && $0.result == 0 }) { return .ok }
        guard let connect = client.calls.first(where: { $0.call == .connect }) else { return nil }
        if let errno = connect.errno, errno != .inProgress { return .failed(errno) }
        let later = client.calls.lazy.filter { $0.call == .getsockopt && $0.text("option") == "SO_ERROR" }
        return later.compactMap { $0.text("value").flatMap(Errno.init(name:)) }.first.map(CallResult.failed)
            ?? .noAnswer
    }
}

extension FinishedProgram {
    /// How its bind() and connect() went.
    package var attempt: Outcome.Reconnect { Outcome.Reconnect(self) }
}

extension Outcome.Reconnect {
    /// Such as "bind() failed with EADDRINUSE" or "it connected".
    package var words: String {
        if case .failed(let errno) = bind { return "bind() failed with \(errno.name)" }
        guard let connect, connect != .ok else { return succeeded ? "it connected" : "it did not connect" }
        return "connect() failed with \(connect)"
    }
}
