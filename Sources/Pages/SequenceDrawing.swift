import Recordings
import TCPSockets
import Text

/// A sequence diagram as SVG.
///
/// Nothing is measured: each row has room for one line of text in the middle, and each band is as high as its name.
package struct SequenceDrawing {
    private typealias Part = SequenceDiagram.Edge.Part

    /// Coordinates, from left to right.
    private enum X {
        static let time = 50, clientBand = 58, clientLine = 160, serverLine = 556, serverBand = 562, width = 664
        static let bandWidth = 96
        static let middle = (clientLine + serverLine) / 2
        static func line(_ side: Side) -> Int { side == .client ? clientLine : serverLine }
    }

    private let diagram: SequenceDiagram
    /// Where each row begins, and where the last one ends.
    private let tops: [Int]
    private static let head = 34
    private var lanes: [Int: Lane] = [:]

    /// Where a segment waits: the distance from its sender's life line, and since which height.
    private struct Lane {
        let x, y: Int
    }

    package init(_ diagram: SequenceDiagram) {
        self.diagram = diagram
        tops = diagram.rows.reduce(into: [Self.head]) { $0.append(($0.last ?? 0) + $1.kind.height) }
    }

    /// - Parameter title: What it shows, for those who do not see it.
    package func svg(title: String) -> Markup {
        let height = (tops.last ?? 0) + 10
        var drawing = self
        let rows = diagram.rows.indices.map { drawing.row($0) }
        // The lines lie below the texts, which hide them where they meet.
        return """
            <svg class="sq" role="img" width="\(X.width)" height="\(height)" viewBox="0 0 \(X.width) \(height)">\
            <title>\(title)</title><desc>\(diagram.story)</desc>\
            <text class="h e" x="\(X.time)" y="20">ms</text>\
            <text class="h m" x="\(X.clientLine)" y="20">client’s host</text>\
            <text class="h m" x="\(X.serverLine)" y="20">server’s host</text>\
            <path class="l" d="M\(X.clientLine) \(Self.head)V\(height - 6)M\(X.serverLine) \(Self.head)V\(height - 6)"/>\
            \(diagram.bands.markup(band))\(rows.markup(\.lines))\(rows.markup(\.texts))</svg>
            """
    }

    // MARK: - bands

    private func y(_ edge: SequenceDiagram.Edge) -> Int {
        let top = tops[edge.row]
        return switch edge.part {
        case .top: top
        case .bottom: tops[edge.row + 1]
        case .tail: top + diagram.rows[edge.row].kind.height - 12
        case .head: top + diagram.rows[edge.row].kind.height - 4
        }
    }

    private func band(_ band: SequenceDiagram.Band) -> Markup {
        let (start, end) = (y(band.start), y(band.end))
        let x = band.side == .client ? X.clientBand : X.serverBand
        return """
            <rect class="b \(band.state.styleClass)" x="\(x)" y="\(start)" width="\(X.bandWidth)" \
            height="\(max(1, end - start - 1))"/>\
            <text class="m n \(band.state.styleClass)" x="\(x + X.bandWidth / 2)" y="\(start + 12)">\(band.state.description)</text>
            """
    }

    // MARK: - rows

    private typealias Drawn = (lines: Markup, texts: Markup)

    private mutating func row(_ index: Int) -> Drawn {
        let row = diagram.rows[index]
        let (top, bottom) = (tops[index], tops[index + 1])
        let time: Markup? = row.time.map {
            "<text class=\"e t\" x=\"\(X.time)\" y=\"\(bottom - 8)\">\((($0 - diagram.origin) * 1000).milliseconds)</text>"
        }
        var drawn: Drawn =
            switch row.kind {
            case .crossing(let arrow): crossing(arrow, bottom)
            case .departure(let arrow): departure(arrow, bottom)
            case .loss(let arrow, let fate): loss(arrow, fate, bottom)
            case .arrival(let arrow, let wait, let again): arrival(arrow, wait, again, bottom)
            case .call(let side, let text): call(side, text, bottom)
            case .change: ("", "")
            case .heading(let text):
                (
                    "<path class=\"r\" d=\"M\(X.clientLine + 8) \(top + 4)H\(X.serverLine - 8)\"/>",
                    "<text class=\"m g\" x=\"\(X.middle)\" y=\"\(bottom - 8)\">\(text)</text>"
                )
            case .omission(let count):
                ("", "<text class=\"m g\" x=\"\(X.middle)\" y=\"\(bottom - 10)\">\(count) events left out</text>")
            }
        drawn.texts += time ?? ""
        return drawn
    }

    private func crossing(_ arrow: SequenceDiagram.Arrow, _ bottom: Int) -> Drawn {
        let (start, end) = (X.line(arrow.from), X.line(arrow.from.other))
        // What the wire has made begins on the wire.
        let begin = arrow.isInjected ? start + (end - start) / 28 : start
        let source: Markup = arrow.isInjected ? Self.diamond(begin, bottom - 9) : ""
        return (
            source + Self.arrow(from: (begin, bottom - 9), to: (end, bottom - 4), arrow),
            Self.label(arrow, arrow.isInjected ? "injected: " : "", "", bottom - 15)
        )
    }

    private mutating func departure(_ arrow: SequenceDiagram.Arrow, _ bottom: Int) -> Drawn {
        let direction = arrow.from == .client ? 1 : -1
        let x = X.line(arrow.from) + direction * (16 + 9 * (lanes.count % 5))
        lanes[arrow.number] = Lane(x: x, y: bottom - 8)
        return (
            "<path class=\"a \(arrow.styleClass)\" d=\"M\(X.line(arrow.from)) \(bottom - 8)H\(x)\"/>"
                + "<circle class=\"p\" cx=\"\(x)\" cy=\"\(bottom - 8)\" r=\"3\"/>",
            Self.label(arrow, "", " · waits on the wire", bottom - 15)
        )
    }

    private func arrival(
        _ arrow: SequenceDiagram.Arrow, _ wait: Double, _ again: Bool, _ bottom: Int
    ) -> Drawn {
        let end = X.line(arrow.from.other)
        let lane = lanes[arrow.number]
        let x = lane?.x ?? X.line(arrow.from) + (arrow.from == .client ? 16 : -16)
        let line: Markup = lane.map { "<path class=\"w\" d=\"M\(x) \($0.y)V\(bottom - 11)\"/>" } ?? ""
        let words = again ? "delivered again: " : "after \((wait * 1000).milliseconds) ms: "
        return (
            line + "<circle class=\"p\" cx=\"\(x)\" cy=\"\(bottom - 11)\" r=\"3\"/>"
                + Self.arrow(from: (x, bottom - 11), to: (end, bottom - 4), arrow),
            Self.label(arrow, words, "", bottom - 15)
        )
    }

    private func loss(_ arrow: SequenceDiagram.Arrow, _ fate: CapturedSegment.Fate, _ bottom: Int) -> Drawn {
        let (start, end) = (X.line(arrow.from), X.line(arrow.from.other))
        let x = start + (end - start) * 3 / 4
        let words =
            switch fate {
            case .absorbed: " · a copy, discarded"
            case .held: " · held to the end"
            default: " · dropped"
            }
        return (
            "<path class=\"a \(arrow.styleClass)\" d=\"M\(start) \(bottom - 9)L\(x) \(bottom - 6)\"/>"
                + "<path class=\"x\" d=\"M\(x - 5) \(bottom - 11)l10 10m0 -10l-10 10\"/>",
            Self.label(arrow, "", words, bottom - 15)
        )
    }

    private func call(_ side: Side, _ text: CallText, _ bottom: Int) -> Drawn {
        let isClient = side == .client
        let x = isClient ? X.clientLine + 10 : X.serverLine - 10
        let result: Markup = "<tspan class=\"\(text.isFailure ? "f" : "o")\">\(text.result)</tspan>"
        return (
            "<circle class=\"c\" cx=\"\(X.line(side))\" cy=\"\(bottom - 8)\" r=\"3\"/>",
            "<text class=\"k\(isClient ? "" : " e")\" x=\"\(x)\" y=\"\(bottom - 4)\">\(text.call) = "
                + "\(text.isFailure ? "✕ " : "")\(result)</text>"
        )
    }
}

extension SequenceDrawing {
    fileprivate static func label(
        _ arrow: SequenceDiagram.Arrow, _ before: String, _ after: String, _ y: Int
    ) -> Markup {
        let numbers = arrow.numbers.isEmpty ? "" : "  \(arrow.numbers)"
        return "<text class=\"m s\" x=\"\(X.middle)\" y=\"\(y)\">\(before)"
            + "<tspan class=\"\(arrow.styleClass)\">\(arrow.flags)</tspan>\(numbers)\(after)</text>"
    }

    fileprivate static func arrow(
        from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ arrow: SequenceDiagram.Arrow
    ) -> Markup {
        let back = start.x < end.x ? -8 : 8
        let style = arrow.styleClass
        return "<path class=\"a \(style)\" d=\"M\(start.x) \(start.y)L\(end.x + back / 2) \(end.y)\"/>"
            + "<path class=\"d \(style)\" d=\"M\(end.x) \(end.y)l\(back) -4v8z\"/>"
    }

    fileprivate static func diamond(_ x: Int, _ y: Int) -> Markup {
        "<path class=\"j\" d=\"M\(x - 5) \(y)l5 -5l5 5l-5 5z\"/>"
    }
}

extension SequenceDiagram.Kind {
    fileprivate var height: Int {
        switch self {
        case .crossing, .departure, .loss, .arrival: 32
        case .call: 18
        case .change: 22
        case .heading, .omission: 26
        }
    }
}

extension SequenceDiagram.Arrow {
    /// What ends a connection, or begins it, stands out.
    fileprivate var styleClass: String {
        if flags.contains("RST") { return "rst" }
        return flags.contains("FIN") ? "fin" : flags.contains("SYN") ? "syn" : "dat"
    }

    /// Such as "seq 1, ack 10, 5 bytes".
    var numbers: String {
        let parts = [
            "seq \(sequence.grouped)", acknowledgement.map { "ack \($0.grouped)" },
            payload > 0 ? "\(payload.grouped) byte\(payload == 1 ? "" : "s")" : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: " · ")
    }
}

extension TCPState {
    /// The name of its colours.
    var styleClass: String { "S-" + description }
}

extension Double {
    /// Milliseconds, with as many digits as say something.
    var milliseconds: String { magnitude < 100 ? fixed(2) : magnitude < 10_000 ? fixed(1) : fixed(0) }
}
