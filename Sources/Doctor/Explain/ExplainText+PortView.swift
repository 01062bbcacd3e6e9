import Diagnoses
import TCPSockets
import Text

// Who has a port.
extension ExplainText {
    package func text(_ view: PortView, top: Int = 10) -> String {
        var lines = [paint("Port \(view.port) on this machine, now", .bold)]
        if view.holders.isEmpty { lines += nothing(view) }
        for kind in PortHolder.Kind.allCases {
            let holders = view.holders.filter { $0.kind == kind }
            for holder in holders.prefix(top) { lines += item("- ", sentence(holder)) }
            if holders.count > top {
                lines += paragraph("… and \((holders.count - top).grouped) more of these", indent: 4)
            }
            if kind == .listener, let listener = holders.first { lines += item("  ", listener.programRemedy) }
        }
        for outward in view.outward.prefix(top) { lines += item("- ", sentence(outward)) }
        return (lines + others(view, top: top) + unseen(view)).joined(separator: "\n")
    }

    private func nothing(_ view: PortView) -> [String] {
        let socket = "TCP socket in this network namespace has that local port."
        return paragraph(
            (view.datagrams.isEmpty ? "Nothing has it: no \(socket)" : "No \(socket)")
                + " A container has its own namespace: nsenter(1) with --net looks there.", indent: 4)
    }

    private func sentence(_ holder: PortHolder) -> String {
        let socket = holder.socket
        let ends = "\(socket.local.unmapped) → \(socket.remote.unmapped)"
        return switch holder.kind {
        case .listener: "\(socket.local) LISTEN\(holder.families)\(holder.onlyBy)\(holder.by).\(queue(holder))"
        case .connection: "\(ends) \(socket.state)\(holder.by)."
        case .bound:
            "\(socket.local) is bound, but neither listens nor is "
                + "connected\(holder.families)\(holder.onlyBy)\(holder.by)."
        case .closingDown: "\(ends) \(socket.state)\(left(socket.timeLeft)), \(holder.whyItStays)."
        case .timeWait: "\(ends) TIME-WAIT\(left(socket.timeLeft)); no program has it."
        }
    }

    private func queue(_ holder: PortHolder) -> String {
        holder.hasFullQueue
            ? " Its queue is full: \(holder.socket.receiveQueue.grouped) \(holder.socket.receiveQueue == 1 ? "waits" : "wait") for accept()."
            : ""
    }

    private func left(_ time: SocketEntry.TimeLeft?) -> String {
        time.map { ", \($0.inWords) left" } ?? ""
    }

    private func sentence(_ outward: PortView.Outward) -> String {
        let destination = outward.destination
        let taken = "\((destination.timeWait + destination.live).grouped) of \(destination.ports.grouped)"
        return
            "\(destination.route): \(taken) ephemeral ports are taken, \(destination.timeWait.grouped) by TIME-WAIT"
            + (outward.isExhausted ? "; connect() without a fixed port fails with EADDRNOTAVAIL." : ".")
    }

    /// What goes by the same number, and is in nobody's way.
    private func others(_ view: PortView, top: Int) -> [String] {
        var lines: [String] = []
        for holder in view.datagrams.prefix(top) {
            lines += item(
                "- ",
                "UDP \(holder.socket.local)\(holder.onlyBy)\(holder.by): not in the way, because UDP has its own ports."
            )
        }
        for name in view.unixNames.prefix(top) {
            lines += item("- ", "The Unix socket \(name) listens: not in the way, because it has no port.")
        }
        return lines
    }

    private func unseen(_ view: PortView) -> [String] {
        let isUnknown = (view.holders + view.datagrams).contains {
            if case .hidden = $0.possession { true } else { false }
        }
        guard isUnknown, view.hiddenProcesses > 0 else { return [] }
        return paragraph(
            "Only root sees the processes of other users (\(view.hiddenProcesses.grouped)).", indent: 4)
    }
}
