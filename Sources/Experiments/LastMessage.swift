import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// A long last message, and what of it arrives.
struct LastMessage: Experiment {
    let id = "last-message"
    let claims = ["F7", "D6"]
    let claimed = """
        Half-close then drain loses nothing; close with unread data loses what was in flight (F7). Closing with unsent data in \
        the send queue sends a RST and skips TIME-WAIT, as unread data does (D6, left open by its author).
        """
    let done = """
        The client's host sends 4 MiB and closes, in each of the ten ways, to a reader that reads as it comes, and to one that \
        begins when the sender has closed. For `abandon` a process of its own holds the socket, and ends. (Packets of 65,000 \
        bytes.)
        """
    let lookFor = """
        Bytes that send() accepted, bytes that the reader got, how the reader's last recv() ended, and what the sender was told.
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
            [true, false].map { Bulk(strategy: strategy, readerIsFast: $0) }
        }
        let transfers = try await withThrowingTaskGroup(of: (Int, Transfer).self) { group in
            for (index, bulk) in bulks.enumerated() {
                group.addTask { (index, try await laboratory.semaphore.use { try await transfer(laboratory, bulk) }) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return ExperimentResult(
            id, try findings(transfers), recordings: transfers.map(\.recording), figures: transfers.map(figure),
            measures: transfers.filter { !$0.bulk.readerIsFast }.flatMap { transfer in
                [
                    Measure(.bytesLostToSlowReader, transfer.bulk.strategy, Double(transfer.lost)),
                    transfer.sent.closeDuration.map { Measure(.closeSeconds, transfer.bulk.strategy, $0.inSeconds) },
                ].compactMap(\.self)
            })
    }

    private func transfer(_ laboratory: Laboratory, _ bulk: Bulk) async throws -> Transfer {
        let world = try await World(mtu: 65_000)
        let (sent, received) = try await (laboratory.breaksPremise ? bulk.broken : bulk).transfer(in: world)
        let connection = FourTuple(
            client: sent.end, server: Endpoint(world.server.address(.v4), port: 7100))
        let states = try await world.states("both ends to settle", of: connection) { $0.isSettled ? $0 : nil }
        let segments = world.wire.recording.state.segments(of: connection)
        let speed = bulk.readerIsFast ? "fast" : "slow"
        return Transfer(
            bulk: bulk, sent: sent, received: received,
            isReset: segments.contains { $0.from == .client && $0.segment.flags.contains(.rst) },
            senderState: states.state(.client),
            recording: Recording(
                "\(bulk.strategy.rawValue)-\(speed)", segments: segments, clientCalls: [], serverCalls: []))
    }

    private func findings(_ transfers: [Transfer]) throws -> [Finding] {
        func find(_ strategy: CloseStrategy, fast: Bool) throws -> Transfer {
            guard let found = transfers.first(where: { $0.bulk.strategy == strategy && $0.bulk.readerIsFast == fast })
            else { throw LaboratoryError("no transfer with \(strategy)") }
            return found
        }
        let graceful = [try find(.halfClose, fast: true), try find(.halfClose, fast: false)]
        let unread = try find(.unread, fast: false)
        let unsent = try find(.active, fast: false)
        guard unsent.sent.queued > 0 else { throw LaboratoryError("nothing was left unsent when the sender closed") }
        let lossless = graceful.allSatisfy { $0.lost == 0 }
        return [
            Finding(
                "F7", holds: lossless && unread.lost > 0,
                because:
                    "Half-close lost \(graceful.map { "\($0.lost)" }.joined(separator: " and ")) bytes of 4 MiB, with a fast and with a "
                    + "slow reader; close() with a byte unread lost \(unread.lost) of the \(unread.sent.accepted) that send() had "
                    + "accepted, and the reader was told \(told(unread)) (RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close).",
                evidence: [id]),
            Finding(
                "D6", holds: unsent.isReset, under: .ordinary("with a silent peer"),
                because: "With \(unsent.sent.queued) bytes unacknowledged in the send queue, close() sent "
                    + "\(unsent.isReset ? "a RST" : "no RST"): the reader got \(unsent.received.bytes) of "
                    + "\(unsent.sent.accepted) bytes and then \(told(unsent)), and the sender's host kept "
                    + "\(unsent.senderState) (RFC 9293 section 3.10.4: CLOSE is queued behind what is to be sent).",
                evidence: [id]),
        ]
    }

    private func told(_ transfer: Transfer) -> String {
        switch transfer.received.end {
        case .endOfStream: "the end of the stream"
        case .failed(let errno): errno.name
        case .closedFirst: "nothing more: it had all, and closed first"
        }
    }

    private func figure(_ transfer: Transfer) -> ExperimentResult.Figure {
        let reader = transfer.bulk.readerIsFast ? "fast" : "slow"
        return .init(
            "--close \(transfer.bulk.strategy.rawValue), \(reader) reader",
            "accepted \(transfer.sent.accepted), read \(transfer.received.bytes), lost \(transfer.lost); reader told "
                + told(transfer) + "; sender told: " + transfer.sent.told
                + (transfer.sent.closeDuration.map { "; close() took \($0.inMilliseconds) ms" } ?? ""))
    }
}

extension Duration {
    var inMilliseconds: Int { Int(inSeconds * 1000) }
}

extension Bulk {
    /// Broken on purpose: the sender that was to close with unread data reads it, and the one that was to close in order
    /// sends a RST.
    fileprivate var broken: Bulk {
        switch strategy {
        case .unread: Bulk(strategy: .active, readerIsFast: readerIsFast)
        case .active: Bulk(strategy: .reset, readerIsFast: readerIsFast)
        default: self
        }
    }
}
