internal import TCPSockets

/// A row of the table that a practitioner wants: what a remedy does for the port, who pays, what it may cost.
///
/// Every entry is read from the cells and experiments of a run; nil stands for what that run has not looked at.
public struct Remedy: Hashable, Sendable {
    public let name: String
    /// Whether the same client on a fixed port connects again at once.
    public let freesPort: Bool?
    /// Which side keeps TIME-WAIT.
    public let pays: String?
    /// What may be lost.
    public let loses: String?
    /// Whether close() waits.
    public let blocks: String?
    /// New connections a second that can go on for ever.
    public let sustains: String?
    /// What to prefer, and why.
    public let advice: String?

    /// The headings of a table of them.
    public static let headings = [
        "remedy", "fixed port free at once", "TIME-WAIT at", "may be lost", "close() blocks", "connections a second",
        "advice",
    ]

    public var entries: [String] {
        [
            name, freesPort.map { $0 ? "yes" : "no" } ?? "?", pays ?? "?", loses ?? "?", blocks ?? "?", sustains ?? "?",
            advice ?? "?",
        ]
    }
}

extension Report {
    /// One row for each way to close, then those for the remedies that are no way to close; none without the cells that the
    /// article's own program needs.
    public var remedies: [Remedy] {
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
        let losses = [measure(.bytesLostOnce, strategy), measure(.bytesLostToSlowReader, strategy)].compactMap { $0 }
        let lost = losses.max()
        return Remedy(
            name: "--close \(strategy.rawValue)", freesPort: isFree, pays: holder(plain.outcome.timeWait),
            loses: lost.map { $0 > 0 ? "yes: \(Int($0)) bytes here" : "nothing" }, blocks: blocks(strategy),
            sustains: rate(strategy),
            advice: advice(strategy, isFree: isFree, loses: lost.map { $0 > 0 }, needsServer: needsServer))
    }

    private func holder(_ holder: Outcome.Holder) -> String {
        holder == .none ? "nobody" : holder.rawValue
    }

    private func blocks(_ strategy: CloseStrategy) -> String? {
        if strategy == .abandon { return "it is not called" }
        return measure(.closeSeconds, strategy).map { $0 >= 0.1 ? "yes: \(Int($0 * 1000)) ms here" : "no" }
    }

    private func rate(_ strategy: CloseStrategy) -> String? {
        measure(.connectionsPerSecond, strategy).map { $0.isFinite ? "\(Int($0))" : "no limit by TIME-WAIT" }
    }

    /// nil where what it depends on has not been looked at.
    private func advice(_ strategy: CloseStrategy, isFree: Bool, loses: Bool?, needsServer: Bool?) -> String? {
        guard let loses else { return nil }
        if loses { return "only to drop a peer on purpose: it frees the port by throwing data away" }
        guard !isFree || needsServer != nil else { return nil }
        if isFree, needsServer == true {
            return strategy == .passive
                ? "prefer it on a fixed port, with a server that closes first"
                : "a bet on time; --close passive is sure"
        }
        if isFree { return "prefer it on a fixed port" }
        return (measure(.closeSeconds, strategy) ?? 0) >= 0.1
            ? "when the program must know that all was acknowledged; it does nothing for the port"
            : "right with a port that the kernel chooses"
    }

    private var implicitPort: Remedy? {
        guard let implicit = cell({ $0.bind = .implicit }) else { return nil }
        return Remedy(
            name: "a port that the kernel chooses", freesPort: nil, pays: holder(implicit.outcome.timeWait),
            loses: nil, blocks: nil, sustains: rate(.active),
            advice: implicit.outcome.reconnect.succeeded
                ? "prefer it, unless the server knows clients by their port" : "it does not help here")
    }

    private var reuseAddress: Remedy? {
        guard let with = cell({ $0.reuseAddress = .both }),
            let without = cell({ ($0.reuseAddress, $0.timestamps) = (.both, false) })
        else { return nil }
        let (on, off) = (with.outcome.reconnect.succeeded, without.outcome.reconnect.succeeded)
        return Remedy(
            name: "SO_REUSEADDR on every client socket", freesPort: on, pays: holder(with.outcome.timeWait),
            loses: nil, blocks: nil, sustains: nil,
            advice: on == off
                ? (on ? "it helps, with and without TCP timestamps" : "it does not help here")
                : "it helps \(on ? "with" : "without") TCP timestamps only; both sides decide on these")
    }
}
