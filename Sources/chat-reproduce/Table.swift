import TCPSockets

/// The table that the experiment prints.
enum Table {
    static let heading =
        row("bind", "close", "TIME-WAIT at", "reconnect at once") + "\n" + String(repeating: "-", count: 85)

    static let explanation = """

        TIME-WAIT at: the side whose socket the kernel keeps, read from its socket table after the first conversation.
        reconnect: what the same client met when it was run again at once; a failed call stands with its errno.
        """

    static func row(_ outcome: Experiment.Outcome) -> String {
        row(outcome.bind.rawValue, outcome.strategy.rawValue, holder(outcome), reconnect(outcome.reconnect))
    }

    private static func holder(_ outcome: Experiment.Outcome) -> String {
        let holders = [("client", outcome.clientState), ("server", outcome.serverState)]
            .compactMap { side, state in state.map { $0 == .timeWait ? side : "\(side) is in \($0)" } }
        return holders.isEmpty ? "neither" : holders.joined(separator: " and ")
    }

    private static func reconnect(_ run: ClientRun) -> String {
        if run.status == 0 { return "ok" }
        return "\(run.failedCall ?? run.complaint) (exit status \(run.status))"
    }

    private static func row(_ columns: String...) -> String {
        zip(columns, [25, 13, 14, 0]).map { text, width in
            text + String(repeating: " ", count: max(0, width - text.count))
        }.joined()
    }
}
