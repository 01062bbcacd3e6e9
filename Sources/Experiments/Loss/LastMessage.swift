import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets
import Text

/// A long last message, and what of it arrives.
struct LastMessage: Experiment {
    let id = "last-message"
    let claims = ["F7", "D6", "F14", "F15", "C13"]
    let claimed = """
        Half-close then drain loses nothing; close with unread data loses what was in flight (F7). Closing with unsent data in \
        the send queue sends a RST and skips TIME-WAIT, as unread data does (D6, left open by its author). close() loses nothing \
        that send() accepted, as long as no RST is sent on purpose (F14); SO_LINGER with a time tells whether all was acknowledged \
        (F15); TCP guarantees delivery, and TIME-WAIT is what makes it so (C13).
        """
    let done = """
        The client's host sends 4 MiB and closes, in each of the ten ways. One reader reads at once, one only \
        when the sender has closed, and one then sends a byte first; with \
        `passive`, which waits for its peer to close, it sends its byte during the wait. For `abandon` a separate process holds the socket, and ends. (Packets of 65,000 \
        bytes.)
        """
    let lookFor = """
        The bytes that send() accepted and that the reader got; how the reader's last recv() ended; what the sender's close() returned.
        """

    private struct Transfer: Sendable {
        let bulk: Bulk
        let sent: Bulk.Sent
        let received: Bulk.Received
        let isReset: Bool
        let senderState: TCPState
        let recording: Recording

        var lost: Int { sent.accepted - received.bytes }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let bulks = CloseStrategy.allCases.flatMap { strategy in
            Bulk.Reader.allCases.map { Bulk(strategy: strategy, reader: $0) }
        }
        let transfers = try await withThrowingTaskGroup(of: (Int, Transfer).self) { group in
            for (index, bulk) in bulks.enumerated() {
                group.addTask { (index, try await laboratory.semaphore.use { try await transfer(laboratory, bulk) }) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return ExperimentResult(
            id, try findings(transfers), recordings: transfers.map(\.recording), figures: transfers.map(figure),
            measures: transfers.flatMap(measures))
    }

    private func measures(_ transfer: Transfer) -> [Measure] {
        let (strategy, lost) = (transfer.bulk.strategy, Double(transfer.lost))
        switch transfer.bulk.reader {
        case .fast: return []
        case .slow:
            let seconds = transfer.sent.closeDuration.map { Measure(.closeSeconds, strategy, $0.inSeconds) }
            return [Measure(.bytesLostToSlowReader, strategy, lost)] + [seconds].compactMap(\.self)
        case .talking: return [Measure(.bytesLostToTalkingPeer, strategy, lost)]
        }
    }

    private func transfer(_ laboratory: Laboratory, _ bulk: Bulk) async throws -> Transfer {
        let world = try await World(mtu: 65_000)
        let tried = laboratory.breaksPremise ? bulk.broken : bulk
        let (sent, received) = try await tried.transfer(in: world, over: laboratory.family)
        let connection = FourTuple(
            client: sent.end, server: Endpoint(world.server.address(laboratory.family), port: 7100))
        let states = try await world.states("both ends to settle", of: connection) { $0.isSettled ? $0 : nil }
        let segments = world.wire.recording.state.segments(of: connection)
        return Transfer(
            bulk: bulk, sent: sent, received: received,
            isReset: segments.contains { $0.from == .client && $0.segment.flags.contains(.rst) },
            senderState: states.state(.client),
            recording: Recording(
                "\(bulk.strategy.rawValue)-\(bulk.reader.rawValue)", segments: segments, clientCalls: [],
                serverCalls: []))
    }

    private func findings(_ transfers: [Transfer]) throws -> [Finding] {
        func find(_ strategy: CloseStrategy, _ reader: Bulk.Reader) throws -> Transfer {
            guard let found = transfers.first(where: { $0.bulk.strategy == strategy && $0.bulk.reader == reader })
            else { throw LaboratoryError("no transfer with \(strategy)") }
            return found
        }
        let unsent = try find(.active, .slow)
        guard unsent.sent.queued > 0 else { throw LaboratoryError("nothing was left unsent when the sender closed") }
        let answered = try find(.active, .talking)
        let inOrder = transfers.filter { !$0.bulk.strategy.isAbortive }
        return [
            whole(try Bulk.Reader.allCases.map { try find(.halfClose, $0) }, unread: try find(.unread, .slow)),
            reset(unsent, "with a silent peer", "RFC 9293 section 3.10.4: CLOSE is queued behind what is to be sent"),
            reset(answered, "with a peer that talks", "RFC 1122 section 4.2.2.13; \(Self.lateData)"),
            lossless(inOrder.filter { $0.bulk.reader != .talking }, "with a silent peer"),
            lossless(inOrder.filter { $0.bulk.reader == .talking }, "with a peer that talks"),
            lingered(try Bulk.Reader.allCases.map { try find(.linger, $0) }),
            Finding(
                "C13", holds: answered.lost == 0,
                because: "The sender's \(answered.sent.told), and the peer then sent a byte. It got "
                    + "\(answered.received.bytes.grouped) of the \(answered.sent.accepted.grouped) bytes that send() had accepted, and the "
                    + "sender's host was in \(answered.senderState) (RFC 1122 section 4.2.2.13).",
                evidence: [id]),
        ]
    }

    /// Where the kernel resets a connection whose program is gone and whose peer still sends.
    private static let lateData = "net/ipv4/tcp_input.c, tcp_rcv_state_process"

    /// F7.
    private func whole(_ graceful: [Transfer], unread: Transfer) -> Finding {
        Finding(
            "F7", holds: graceful.allSatisfy { $0.lost == 0 } && unread.lost > 0,
            because:
                "Half-close lost \(graceful.map(\.lost.grouped).joined(separator: ", ")) bytes of 4 MiB to a fast, a slow and a "
                + "talking reader; close() with a byte unread lost \(unread.lost.grouped) of the \(unread.sent.accepted.grouped) that send() had "
                + "accepted, and the reader got \(told(unread)) (RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close).",
            evidence: [id])
    }

    /// D6.
    private func reset(_ unsent: Transfer, _ circumstance: String, _ source: String) -> Finding {
        Finding(
            "D6", holds: unsent.isReset && unsent.senderState == .closed, under: .ordinary(circumstance),
            because: "\(circumstance.asSentence), and \(unsent.sent.queued.grouped) bytes "
                + "unacknowledged in the send queue, the host sent \(unsent.isReset ? "a RST" : "no RST") after close(): the "
                + "reader got \(unsent.received.bytes.grouped) of \(unsent.sent.accepted.grouped) bytes and then \(told(unsent)), and the sender's host "
                + "was in \(unsent.senderState) (\(source)).",
            evidence: [id])
    }

    /// F14.
    private func lossless(_ transfers: [Transfer], _ circumstance: String) -> Finding {
        let lost = transfers.filter { $0.lost > 0 }
        let list = lost.map { "\($0.bulk.strategy.rawValue) lost \($0.lost.grouped) (\($0.sent.told))" }
        let kept = Set(transfers.map(\.bulk.strategy)).subtracting(lost.map(\.bulk.strategy)).map(\.rawValue).sorted()
        return Finding(
            "F14", holds: lost.isEmpty, under: .ordinary(circumstance),
            because: "Of the ways to close without a RST, \(circumstance), "
                + "\(kept.isEmpty ? "none" : kept.joined(separator: ", ")) lost nothing"
                + (list.isEmpty ? "" : "; \(list.joined(separator: "; "))")
                + " (RFC 1122 section 4.2.2.13; \(Self.lateData)).",
            evidence: [id])
    }

    /// F15: close() would have to say something else where not all was acknowledged.
    private func lingered(_ transfers: [Transfer]) -> Finding {
        let words = transfers.map { transfer in
            "with a \(transfer.bulk.reader.rawValue) reader \(transfer.sent.told), with "
                + (transfer.isReset ? "the connection reset" : "\(transfer.sent.left.grouped) bytes not acknowledged")
        }
        return Finding(
            "F15",
            holds: transfers.allSatisfy { transfer in
                (transfer.sent.told == Bulk.closedWell) == (!transfer.isReset && transfer.sent.left == 0)
            },
            because: "SO_LINGER with a time: \(words.joined(separator: "; ")) (socket(7); net/ipv4/tcp.c, "
                + "__tcp_close).",
            evidence: [id])
    }

    private func told(_ transfer: Transfer) -> String {
        switch transfer.received.end {
        case .endOfStream: "the end of the stream"
        case .failed(let errno): errno.name
        case .closedFirst: "nothing more: it had all, and closed first"
        }
    }

    private func figure(_ transfer: Transfer) -> ExperimentResult.Figure {
        return .init(
            "--close \(transfer.bulk.strategy.rawValue), \(transfer.bulk.reader.rawValue) reader",
            "accepted \(transfer.sent.accepted), read \(transfer.received.bytes), lost \(transfer.lost); reader told "
                + told(transfer) + "; sender told: " + transfer.sent.told
                + (transfer.sent.closeDuration.map { "; close() took \($0.inMilliseconds) ms" } ?? ""))
    }
}

extension Duration {
    var inMilliseconds: Int { Int(inSeconds * 1000) }
}

extension Bulk {
    /// Broken on purpose: the sender that was to close with unread data reads it, the one that was to close in order sends a
    /// RST, the peer that was to talk keeps silent, and SO_LINGER's time is long enough.
    fileprivate var broken: Bulk {
        switch (strategy, reader) {
        case (.linger, _): Bulk(strategy: strategy, reader: .fast)
        case (_, .talking): Bulk(strategy: strategy, reader: .slow)
        case (.unread, _): Bulk(strategy: .active, reader: reader)
        case (.active, _): Bulk(strategy: .reset, reader: reader)
        default: self
        }
    }
}
