internal import TCPSockets

/// A topic, and who has a port, as a person reads it; in lines of a limited width.
public struct ExplainText: Sendable {
    private let width: Int
    private let paint: Paint

    /// - Parameter width: How long a line may be.
    public init(width: Int = TextReport.width, hasColour: Bool = false) {
        (self.width, paint) = (width, Paint(hasColour: hasColour))
    }

    public func text(_ topic: Topic) -> String {
        var lines = [paint(topic.name, .bold) + " (\(topic.kind.rawValue))"]
        lines += statement(topic.meaning, mark: "")
        lines += ["", paint(topic.kind == .strategy ? "What follows" : "How it arises", .bold)]
        for cause in topic.causes { lines += statement(cause, mark: "- ") }
        lines += ["", paint("What to do, the least harmful first", .bold)]
        for (number, remedy) in topic.remedies.enumerated() { lines += statement(remedy, mark: "\(number + 1). ") }
        if topic.statements.contains(where: \.isGeneralKnowledge) {
            lines += ["", "\(Self.generalKnowledge) Not shown by an experiment of this laboratory."]
        }
        return lines.joined(separator: "\n")
    }

    /// Behind each statement that rests on nothing named here.
    private static let generalKnowledge = "(*)"

    /// What is said, and below it what shows it or where it is written.
    private func statement(_ statement: Statement, mark: String) -> [String] {
        let text = statement.isGeneralKnowledge ? "\(statement.text) \(Self.generalKnowledge)" : statement.text
        var lines = item(mark, text)
        let indent = 4 + mark.count
        if !statement.shownBy.isEmpty {
            let command = "chat-lab run \(statement.shownBy.joined(separator: " "))"
            lines += paragraph(Self.needsFull(statement) ? command + " --full" : command, indent: indent)
        }
        if let source = statement.source { lines += paragraph("See \(source).", indent: indent) }
        return lines
    }

    /// Whether a run without --full would leave something of it out.
    private static func needsFull(_ statement: Statement) -> Bool {
        !Matrix.slowClaims.isDisjoint(with: statement.shownBy)
    }

    /// The names of all topics, by kind.
    public var names: String {
        let lines = Topic.Kind.allCases.flatMap { kind in
            let names = Topic.all.filter { $0.kind == kind }.map(\.name).joined(separator: ", ")
            return [paint(kind.plural, .bold)] + paragraph(names, indent: 4)
        }
        return lines.joined(separator: "\n")
    }

    public func text(_ view: PortView, top: Int = 10) -> String {
        var lines = [paint("Port \(view.port) of this machine, now", .bold)]
        if view.holders.isEmpty {
            lines += paragraph("Nothing has it: no socket of this network namespace is at that local port.", indent: 4)
        }
        for kind in PortView.Kind.allCases {
            let holders = view.holders.filter { $0.kind == kind }
            for holder in holders.prefix(top) { lines += item("- ", sentence(holder)) }
            if holders.count > top {
                lines += paragraph("… and \((holders.count - top).grouped) more in that way", indent: 4)
            }
        }
        for outward in view.outward.prefix(top) {
            let destination = outward.destination
            let taken = "\((destination.timeWait + destination.live).grouped) of \(destination.ports.grouped)"
            lines += item(
                "- ",
                "Towards \(destination.route): \(taken) automatic ports taken, \(destination.timeWait.grouped) by TIME-WAIT"
                    + (outward.isExhausted ? "; connect() without a port of its own fails with EADDRNOTAVAIL." : "."))
        }
        if view.holders.contains(where: { $0.owner == nil && $0.socket.inode != 0 }), view.hiddenProcesses > 0 {
            lines += paragraph(
                "The processes of other users (\(view.hiddenProcesses.grouped)) are to be seen by root only.",
                indent: 4)
        }
        return lines.joined(separator: "\n")
    }

    private func sentence(_ holder: PortView.Holder) -> String {
        let socket = holder.socket
        let ends = "\(socket.local.unmapped) → \(socket.remote.unmapped)"
        let owner = holder.owner.map(by) ?? by(socket.inode, socket.user)
        return switch holder.kind {
        case .listener: "\(socket.local) LISTEN\(owner)."
        case .connection: "\(ends) \(socket.state)\(owner)."
        case .bound: "\(socket.local) is bound, and neither listens nor is connected\(owner)."
        case .closingDown:
            "\(ends) \(socket.state)\(left(socket.timer?.remaining)), closed by a program that has gone."
        case .timeWait: "\(ends) TIME-WAIT\(left(socket.timer?.remaining)); no program has it."
        }
    }

    private func left(_ time: Duration?) -> String {
        time.map { ", \($0.inTenths) s left" } ?? ""
    }

    private func by(_ owner: SocketOwner) -> String {
        let others = "\(owner.others.grouped) other process\(owner.others == 1 ? "" : "es")"
        return ", held by \(owner)" + (owner.others == 0 ? "" : " and \(others)")
    }

    private func by(_ inode: UInt32, _ user: UInt32) -> String {
        inode == 0 ? ", not yet taken by accept()" : ", held by a process of user \(user) that is not to be seen"
    }

    private func item(_ mark: String, _ text: String) -> [String] {
        TextLayout.hanging("    " + mark + text, indent: 4 + mark.count, width: width)
    }

    private func paragraph(_ text: String, indent: Int) -> [String] {
        TextLayout.paragraph(text, width: width, indent: indent)
    }
}
