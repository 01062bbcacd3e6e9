import Recordings
import StopMotion
import Stories
import TCPSockets
import Text

/// What there is to see while a segment waits: both hosts, the segment, what else waits, and the keys.
struct StepPanel {
    private static let columnWidth = 39
    private static let callCount = 3

    let view: StopMotionView
    /// What a key has been answered with.
    let notice: String?
    let showsHelp: Bool

    var lines: [StyledLine] {
        [StyledLine(String(repeating: "-", count: StepLadder.width), .dim)] + hosts + [""] + next + [""] + keys
    }

    // MARK: - hosts

    private var hosts: [StyledLine] {
        let columns = [host(.client), host(.server)]
        return zip(columns[0], columns[1]).map {
            $0.padded(to: Self.columnWidth) + " " + $1.fitted(to: Self.columnWidth)
        }
    }

    private func host(_ side: Side) -> [StyledLine] {
        let host = view[side]
        let name = StyledLine(side.rawValue, .dim)
        var lines = [host.endpoint.map { name + StyledLine(" \($0)", .dim) } ?? name]
        lines.append(StyledLine(host.state.description, .bold) + StyledLine(timer(host)))
        lines.append(program(host))
        let calls = host.calls.suffix(Self.callCount).map { StyledLine("  \($0.inC)") }
        return lines + calls + Array(repeating: "", count: Self.callCount - calls.count)
    }

    private func timer(_ host: StopMotionView.HostView) -> String {
        guard let timer = host.timer else { return "" }
        let time = "\(timer.remaining.inTenths) s"
        return switch timer.kind {
        case .retransmission: ", retransmits in \(time)"
        case .zeroWindowProbe: ", probes in \(time)"
        case .keepalive, .timeWait: ", \(time) left"
        }
    }

    private func program(_ host: StopMotionView.HostView) -> StyledLine {
        let name = host.program
        return switch host.condition {
        case .notStarted: "\(name) has not started yet"
        case .runs: "\(name) is running"
        case .stopped: StyledLine("\(name) is stopped", .yellow)
        case .ended(let status): StyledLine("\(name) has ended" + (status.map { ", exit status \($0)" } ?? ""))
        }
    }

    // MARK: - segments

    private var next: [StyledLine] {
        var lines = view.waiting.first.map { Self.describe($0, "Next: ") } ?? [StyledLine(nothing)]
        let behind = view.waiting.dropFirst().map(Self.name)
        if !behind.isEmpty { lines.append(StyledLine("Behind it: \(behind.joined(separator: ", "))")) }
        let held = view.held.map { "\($0.label) \(Self.name($0.segment))\(Self.again($0.segment))" }
        if !held.isEmpty { lines.append(StyledLine("Held: \(held.joined(separator: ", "))", .yellow)) }
        if view.server.condition == .stopped {
            lines.append("chat-server is stopped until you deliver, drop or hold the client's last segment.")
        }
        return lines
    }

    /// Why nothing waits.
    private var nothing: String {
        if view.isOpen { return "Segments now cross by themselves." }
        let senders = [view.client, view.server].filter { $0.timer?.kind == .retransmission }
        if let sender = senders.first, let timer = sender.timer, view.held.isEmpty {
            return "No segment waits; the \(sender.side.rawValue)'s host retransmits in \(timer.remaining.inTenths) s."
        }
        return view.held.isEmpty
            ? "No segment waits." : "Only held segments wait; its letter makes a held segment the next."
    }

    /// A segment with all that matters of it.
    static func describe(_ segment: WaitingSegment, _ prefix: String, showsCopies: Bool = true) -> [StyledLine] {
        let text = segment.text
        let margin = String(repeating: " ", count: prefix.count)
        var lines = [
            StyledLine("\(prefix)\(segment.number) \(segment.from.rawValue) → \(segment.from.other.rawValue)  ")
                + StyledLine(text.flags, text.flags.contains("RST") ? .red : .cyan)
                + StyledLine("  \(text.numbers)  \(text.window)")
        ]
        if let content = text.content { lines.append(StyledLine(margin) + StyledLine(content, .bold)) }
        if !text.options.isEmpty { lines.append(StyledLine(margin + text.options.joined(separator: ", "))) }
        if segment.acknowledgesFIN {
            lines.append(StyledLine("\(margin)acknowledges the \(segment.from.other.rawValue)'s FIN", .cyan))
        }
        if let repeats = segment.repeats { lines.append(StyledLine("\(margin)retransmission of \(repeats)", .yellow)) }
        if showsCopies, segment.copies > 0 { lines.append(StyledLine(margin + again(segment).dropFirst(2), .yellow)) }
        return lines
    }

    private static func name(_ segment: WaitingSegment) -> String {
        "\(segment.number) \(segment.from.rawValue)'s \(segment.text.content ?? segment.text.flags)"
    }

    private static func again(_ segment: WaitingSegment) -> String {
        switch segment.copies {
        case 0: ""
        case 1: ", retransmitted once"
        default: ", retransmitted \(segment.copies) times"
        }
    }

    // MARK: - keys

    private var keys: [StyledLine] {
        let keys =
            view.isOpen
            ? "q quit" : "Enter deliver  d drop  2 twice  h hold  r reset  b to the end  ? help  q quit"
        return (notice.map { [StyledLine($0, .yellow)] } ?? [])
            + (showsHelp ? StepKey.helpLines.map { StyledLine($0) } : [])
            + [StyledLine(keys, .dim)]
    }
}

extension StyledLine {
    fileprivate init(_ text: some StringProtocol) {
        self.init(String(text))
    }
}
