import Experiments
import Recordings
package import Runs
import Scenes
import Stories
import TCPSockets
package import Trials

/// What is played in stop-motion: one conversation, as a cell has it, or two programs of anybody's.
package struct Scenario: Sendable {
    /// How fast the hand is that moves the segments.
    package enum Pace: Sendable {
        /// A person, who may think for minutes.
        case person
        /// A script, which does not think at all.
        case script
    }

    package let id: String
    /// What is worth trying in it.
    package let hint: String
    let cast: Cast

    /// Who plays.
    enum Cast: Sendable {
        case chat(Cell)
        case programs(TrialPlan)
    }

    /// Two programs of anybody's.
    package init(_ plan: TrialPlan) {
        id = "\(plan.server) and \(plan.client)"
        hint = "drop or hold a segment, and see how the programs react"
        cast = .programs(plan)
    }

    /// The experiments that can be played, besides the cells.
    package static var experimentNames: [String] { experiments.keys.sorted() }

    /// - Parameter name: A cell, or one of `experiments`.
    package init(_ name: String) throws(Selection.Problem) {
        id = name
        if let cell = Matrix.cells().first(where: { $0.id == name }) {
            cast = .chat(cell)
            hint = Self.hint(for: cell)
        } else if let (cell, hint) = Self.experiments[name] {
            (cast, self.hint) = (.chat(cell), hint)
        } else if allExperiments.contains(where: { $0.id == name }) {
            let names = Self.experimentNames.joined(separator: ", ")
            throw Selection.Problem(
                description: "\(name) runs a fixed script, which step cannot stop; it plays the cells, and \(names)")
        } else {
            throw Selection.Problem(description: Selection.complaint(name))
        }
    }

    /// Experiments whose script is one conversation and one hand on the wire: here the hand is the user's.
    private static let experiments: [String: (Cell, hint: String)] = [
        "last-ack-lost": (
            Cell(serverClose: .last),
            "drop the client's ACK of the server's FIN: the server retransmits its FIN; who answers?"
        ),
        "simultaneous-close": (
            Cell(), "hold the client's FIN until the server has sent its own, then deliver both"
        ),
        "lost-exit": (Cell(close: .reset, serverClose: .last), "drop the segment with exit: is it retransmitted?"),
        "raw-socket-reset": (Cell(), "reset the open connection: what do both programs say?"),
    ]

    private static func hint(for cell: Cell) -> String {
        switch cell.close {
        case let close where close.isAbortive: "drop the client's RST: who still has the connection?"
        case .delay: "the client waits before it closes: be faster than that, or slower"
        default: "drop the ACK of the second FIN, and see that FIN retransmitted"
        }
    }

    /// Whether the client's FIN or RST follows its `exit` within microseconds.
    var isPinned: Bool { if case .chat(let cell) = cast { cell.isPinned } else { false } }

    var language: SegmentText.Language { if case .chat = cast { .chat } else { .unknown } }

    /// What the programs are called.
    package var names: (client: String, server: String) {
        if case .chat = cast {
            ("chat-client", "chat-server")
        } else {
            ("the client's command", "the server's command")
        }
    }

    // MARK: - patience

    /// The longest time that the programs take.
    private static let longTime = "1000000"

    static func clientArguments(_ cell: Cell, _ pace: Pace) -> [String] {
        let isForPerson = pace == .person
        var arguments = ["--close", cell.close.rawValue, "--connect-timeout", longTime]
        if cell.close == .delay { arguments += ["--close-delay", isForPerson ? "20000" : "400"] }
        if cell.close == .linger { arguments += ["--linger-seconds", isForPerson ? "65535" : "10"] }
        if cell.close.awaitsPeer {
            // Where the server never closes first, the time is what ends the conversation.
            let neverCloses = cell.serverClose == .never || cell.serverClose == .last && cell.close == .passive
            arguments += ["--close-timeout", neverCloses ? "5" : isForPerson ? longTime : "20"]
        }
        if cell.bind == .explicit { arguments += ["--local-port", "\(Cell.firstPort)"] }
        if cell.reuseAddress.isSetByOld { arguments.append("--reuse-address") }
        return arguments
    }

    static func serverArguments(_ cell: Cell) -> [String] {
        cell.surroundings.serverArguments + ["--idle-timeout", "0", "--drain-timeout", "1"]
    }

    /// Both hosts' kernels give up later than usual, for nobody is to be hurried (Documentation/networking/ip-sysctl.rst).
    var sysctls: [String: String] {
        let own: [String: String] =
            switch cast {
            case .chat(let cell): cell.surroundings.sysctls
            case .programs(let plan): plan.sysctls
            }
        return own.merging([
            "net.ipv4.tcp_syn_retries": "127", "net.ipv4.tcp_synack_retries": "255", "net.ipv4.tcp_retries2": "255",
            "net.ipv4.tcp_orphan_retries": "255", "net.ipv4.tcp_fin_timeout": "3600",
        ]) { $1 }
    }

    /// What older kernels cannot be told: that a dropped segment comes again within a few seconds, however long it has
    /// waited before (since Linux 6.15; elsewhere it may take two minutes), and that none comes again, not even as a tail
    /// loss probe, while a script is about to deliver it, or within the few seconds in which a person looks (6.11).
    func newSysctls(_ pace: Pace) -> [(name: String, value: String)] {
        let longest = ("net.ipv4.tcp_rto_max_ms", "5000")
        let shortest = ("net.ipv4.tcp_rto_min_us", pace == .person ? "5000000" : "1000000")
        return [longest, shortest, ("net.ipv4.tcp_early_retrans", "0")]
    }
}
