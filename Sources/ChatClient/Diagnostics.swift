import Console
import Glibc
import TCPSockets

/// What the program has to say besides answers: on standard error, and above the line being typed as long as there is one.
@MainActor
struct Diagnostics {
    private let editor: any LineEditor

    init(_ editor: any LineEditor) {
        self.editor = editor
    }

    func report(_ problem: String) {
        let line = "chat-client: \(problem)"
        if isAboveLine { editor.show(line) } else { writeLine(line, to: STDERR_FILENO) }
    }

    /// On a terminal what is said goes above the line being typed, unless standard error goes elsewhere.
    private var isAboveLine: Bool { editor.isInteractive && isTerminal(STDERR_FILENO) }

    /// Says what the kernel makes of a port range, where that is something else.
    func reportEffectiveRange(of own: ClosedRange<UInt16>) {
        let range = EphemeralPorts(of: own).range
        guard range != own else { return }
        report(
            "the port is one of \(range.lowerBound)-\(range.upperBound): of --local-port-range "
                + "\(own.lowerBound)-\(own.upperBound) the kernel uses only bounds within net.ipv4.ip_local_port_range")
    }

    /// Says what went otherwise than the strategy hoped.
    func report(_ closing: Closing, timeout: Duration) {
        switch closing.wait {
        case .timedOut: report("the server did not close within \(timeout.inSeconds) s; closing first")
        case .peerReset(let errno): report("the server reset the connection during the close: \(errno)")
        case .none, .peerClosed, .interrupted: break
        }
        if closing.bytesDiscarded > 0 {
            report("\(closing.bytesDiscarded) bytes that came after exit were discarded")
        }
        if closing.hadUnread == false {
            report("nothing was left unread, so close() ended the connection like active")
        }
        if let error = closing.closeError { report("\(error)") }
    }

    func startTrace(_ format: Trace.Format) {
        guard isAboveLine else { return Trace.start(format) }
        let editor = editor
        Trace.start(format) { line in MainActor.assumeIsolated { editor.show(line) } }
    }
}
