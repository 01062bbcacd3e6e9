import Recordings
import TCPSockets
import Text

/// A row of the table that a practitioner wants: what a remedy does for the port, who pays, what it may cost.
///
/// Every entry is read from the cells and experiments of a run; nil stands for what that run has not looked at.
package struct Remedy: Hashable, Sendable {
    /// Whether the same client on a fixed port connects again at once.
    package enum FixedPort: String, Hashable, Sendable {
        case free = "yes"
        case held = "no"
        case withTimestamps = "with timestamps"
        case withoutTimestamps = "without timestamps"
        /// The client has none, and connects again at once.
        case notNeeded = "not needed"
    }

    package let name: String
    package let fixedPort: FixedPort?
    /// Which side keeps TIME-WAIT.
    package let pays: String?
    /// What may be lost while the peer sends nothing more.
    package let losesToSilentPeer: String?
    /// What may be lost where the peer sends something after the close.
    package let losesToTalkingPeer: String?
    /// Whether close() waits.
    package let blocks: String?
    /// New connections a second that can go on for ever.
    package let sustains: String?
    /// What to prefer, and why.
    package let advice: String?

    /// The headings of a table of them.
    package static let headings = [
        "remedy", "fixed port free at once", "TIME-WAIT at", "may be lost: silent peer", "may be lost: talking peer",
        "close() blocks", "connections a second", "advice",
    ]

    /// How much harm it does, from the least on: what it loses to a silent peer, whether close() waits, who pays, and what
    /// it loses to a peer that talks. What was not looked at comes between nothing and something.
    package var harm: [Int] {
        func amount(_ entry: String?, none: String) -> Int { entry.map { $0 == none ? 0 : 2 } ?? 1 }
        let payers = ["client": 0, "both": 1, "server": 2, "nobody": 3]
        return [
            amount(losesToSilentPeer, none: "nothing"), amount(blocks, none: "no"), pays.flatMap { payers[$0] } ?? 1,
            amount(losesToTalkingPeer, none: "nothing"),
        ]
    }

    package var entries: [String] {
        [name]
            + [fixedPort?.rawValue, pays, losesToSilentPeer, losesToTalkingPeer, blocks, sustains, advice].map {
                $0 ?? "?"
            }
    }
}

extension [Remedy] {
    /// The least harmful first; what does the same harm stays in its order.
    package var inOrderOfHarm: [Remedy] {
        enumerated().sorted { one, other in
            one.element.harm == other.element.harm
                ? one.offset < other.offset : one.element.harm.lexicographicallyPrecedes(other.element.harm)
        }.map(\.element)
    }
}

extension Report {
    /// One row for each way to close, then those for the remedies that are no way to close; none without the cells that the
    /// article's own program needs.
    package var remedies: [Remedy] {
        let strategies = CloseStrategy.allCases.compactMap(remedy)
        return strategies.isEmpty ? [] : strategies + [implicitPort, reuseAddress].compactMap { $0 }
    }

    private func cell(_ change: (inout Cell) -> Void) -> CellResult? {
        var wanted = Cell()
        change(&wanted)
        return cells.first { $0.cell == wanted }
    }

    private func measure(_ quantity: Measure.Quantity, _ strategy: CloseStrategy) -> Double? {
        experiments.flatMap(\.measures).first { $0.quantity == quantity && $0.strategy == strategy }?.value
    }

    private func remedy(_ strategy: CloseStrategy) -> Remedy? {
        guard let plain = cell({ $0.close = strategy }) else { return nil }
        let isFree = plain.outcome.reconnect.succeeded
        let needsServer = cell { ($0.close, $0.serverClose) = (strategy, .last) }.map {
            isFree && !$0.outcome.reconnect.succeeded
        }
        return Remedy(
            name: "--close \(strategy.rawValue)", fixedPort: isFree ? .free : .held,
            pays: holder(plain.outcome.timeWait), losesToSilentPeer: loss(lost(strategy)),
            losesToTalkingPeer: loss(measure(.bytesLostToTalkingPeer, strategy)), blocks: blocks(strategy),
            sustains: rate(strategy), advice: advice(strategy, isFree: isFree, needsServer: needsServer))
    }

    private func holder(_ holder: Outcome.Holder) -> String {
        holder == .none ? "nobody" : holder.rawValue
    }

    private func lost(_ strategy: CloseStrategy) -> Double? {
        [measure(.bytesLostOnce, strategy), measure(.bytesLostToSlowReader, strategy)].compactMap { $0 }.max()
    }

    private func loss(_ bytes: Double?) -> String? {
        bytes.map { $0 > 0 ? "yes: \(Int($0).grouped) bytes here" : "nothing" }
    }

    private func blocks(_ strategy: CloseStrategy) -> String? {
        if strategy == .abandon { return "it is not called" }
        return measure(.closeSeconds, strategy).map {
            $0 >= noticeable ? "yes: \(Int($0 * 1000).grouped) ms here" : "no"
        }
    }

    /// From how many seconds on close() is said to block.
    private var noticeable: Double { 0.1 }

    private func rate(_ strategy: CloseStrategy) -> String? {
        measure(.connectionsPerSecond, strategy).map { $0.isFinite ? "\(Int($0).grouped)" : "no limit by TIME-WAIT" }
    }

    /// nil where what it depends on has not been looked at.
    private func advice(_ strategy: CloseStrategy, isFree: Bool, needsServer: Bool?) -> String? {
        guard let lost = lost(strategy) else { return nil }
        if lost > 0 { return "only to drop a peer on purpose: it frees the port by throwing data away" }
        guard !isFree || needsServer != nil else { return nil }
        let advice =
            switch (isFree, needsServer) {
            case (true, true) where strategy == .passive: "prefer it on a fixed port, with a server that closes first"
            case (true, true): "works only if the server is fast enough; --close passive waits for it"
            case (true, _): "prefer it on a fixed port"
            case (false, _) where (measure(.closeSeconds, strategy) ?? 0) >= noticeable:
                "it does nothing for the port; close() only waits"
            default: "right with an ephemeral port"
            }
        let isDangerous = (measure(.bytesLostToTalkingPeer, strategy) ?? 0) > 0
        return isDangerous ? "\(advice); where data matters, half-close and read to the end" : advice
    }

    private var implicitPort: Remedy? {
        guard let implicit = cell({ $0.bind = .implicit }) else { return nil }
        let succeeded = implicit.outcome.reconnect.succeeded
        let costs = costs { $0.bind == .implicit && $0.reuseAddress == .none }
        return Remedy(
            name: "an ephemeral port", fixedPort: succeeded ? .notNeeded : .held,
            pays: holder(implicit.outcome.timeWait), losesToSilentPeer: costs.silent,
            losesToTalkingPeer: costs.talking, blocks: costs.blocks, sustains: rate(.active),
            advice: succeeded ? "prefer it, unless the server knows clients by their port" : "it does not help here")
    }

    private var reuseAddress: Remedy? {
        guard let with = cell({ $0.reuseAddress = .both }),
            let without = cell({ ($0.reuseAddress, $0.timestamps) = (.both, false) })
        else { return nil }
        let port: Remedy.FixedPort =
            switch (with.outcome.reconnect.succeeded, without.outcome.reconnect.succeeded) {
            case (true, true): .free
            case (true, false): .withTimestamps
            case (false, true): .withoutTimestamps
            case (false, false): .held
            }
        let costs = costs { $0.bind == .explicit && $0.reuseAddress == .both }
        let advice =
            switch port {
            case .free: "it helps, with and without TCP timestamps"
            case .held, .notNeeded: "it does not help here"
            case .withTimestamps: "it helps with TCP timestamps only; both sides decide on these"
            case .withoutTimestamps: "it helps without TCP timestamps only; both sides decide on these"
            }
        return Remedy(
            name: "SO_REUSEADDR on every client socket", fixedPort: port, pays: holder(with.outcome.timeWait),
            losesToSilentPeer: costs.silent, losesToTalkingPeer: costs.talking, blocks: costs.blocks,
            // Its one port was used again while it was in TIME-WAIT.
            sustains: with.outcome.reconnect.succeeded ? "no limit by TIME-WAIT" : nil, advice: advice)
    }

    /// What the plain way to close may lose, and whether its close() blocks, with another bind or option. The experiments
    /// have measured that way without; it holds with it where the cells show no difference, and is not known where they do.
    private func costs(_ isMeant: (Cell) -> Bool) -> (silent: String?, talking: String?, blocks: String?) {
        let plain = burden { $0.bind == .explicit && $0.reuseAddress == .none }
        guard let plain, let changed = burden(isMeant) else { return (nil, nil, nil) }
        let isAlike = plain.bytesLost == changed.bytesLost
        return (
            isAlike ? loss(lost(.active)) : nil, isAlike ? loss(measure(.bytesLostToTalkingPeer, .active)) : nil,
            plain.isSlow == changed.isSlow ? blocks(.active) : nil
        )
    }

    /// The most bytes that cells of the plain way to close have lost, and whether close() took its time in each.
    private func burden(_ isMeant: (Cell) -> Bool) -> (bytesLost: Int, isSlow: Bool)? {
        let outcomes = cells.filter { $0.cell.close == .active && isMeant($0.cell) }.map(\.outcome)
        guard let lost = outcomes.map(\.bytesLost).max(), let fastest = outcomes.compactMap(\.closeSeconds).min() else {
            return nil
        }
        return (lost, fastest >= noticeable)
    }
}
