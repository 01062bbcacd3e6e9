import Claims
import TCPSockets

/// Figure 5 of RFC 9293 as SVG: what a run has seen is drawn in ink and leads to where, the rest is grey.
struct StateDrawing {
    private struct Point {
        let x, y: Int
    }

    private static let width = 660
    private static let height = 640
    private static let half = Point(x: 56, y: 15)

    private static let places: [(TCPState, Point)] = [
        (.closed, Point(x: 330, y: 30)), (.listen, Point(x: 330, y: 130)), (.synReceived, Point(x: 130, y: 225)),
        (.synSent, Point(x: 550, y: 225)), (.established, Point(x: 330, y: 315)), (.finWait1, Point(x: 130, y: 400)),
        (.closeWait, Point(x: 550, y: 400)), (.finWait2, Point(x: 75, y: 505)), (.closing, Point(x: 300, y: 505)),
        (.lastAck, Point(x: 550, y: 505)), (.timeWait, Point(x: 300, y: 605)),
    ]
    /// The figure shows CLOSED twice: where a connection begins, and where it ends.
    private static let end = Point(x: 550, y: 605)

    /// Where each arrow begins and ends, and its number stands, in the order of the figure.
    private static let paths: [Transition: (from: Point, to: Point)] = {
        func place(_ state: TCPState, _ x: Int, _ y: Int) -> Point {
            let center = places.first { $0.0 == state }?.1 ?? end
            return Point(x: center.x + x, y: center.y + y)
        }
        let lines: [(TCPState, Int, Int, TCPState, Int, Int)] = [
            (.closed, -14, 15, .listen, -14, -15), (.listen, 14, -15, .closed, 14, 15),
            (.closed, 56, 6, .synSent, -10, -15), (.synSent, 30, -15, .closed, 56, -6),
            (.listen, -56, 4, .synReceived, 10, -15), (.listen, 56, 4, .synSent, -40, -15),
            (.synSent, -56, 0, .synReceived, 56, 0), (.synSent, -20, 15, .established, 56, -4),
            (.synReceived, 30, 15, .established, -56, -4), (.synReceived, -36, -15, .listen, -56, -8),
            (.synReceived, -30, 15, .finWait1, -30, -15), (.established, -40, 15, .finWait1, 40, -15),
            (.established, 40, 15, .closeWait, -40, -15), (.finWait1, -30, 15, .finWait2, 0, -15),
            (.finWait1, 56, 5, .closing, -30, -15), (.finWait1, 14, 15, .timeWait, -40, -15),
            (.finWait2, 20, 15, .timeWait, -56, 0), (.closing, 14, 15, .timeWait, 14, -15),
            (.closeWait, 0, 15, .lastAck, 0, -15),
        ]
        var paths: [Transition: (from: Point, to: Point)] = [:]
        for (from, x, y, to, otherX, otherY) in lines {
            paths[Transition(from: from, to: to)] = (place(from, x, y), place(to, otherX, otherY))
        }
        paths[Transition(from: .lastAck, to: .closed)] = (place(.lastAck, 0, 15), Point(x: end.x, y: end.y - 15))
        paths[Transition(from: .timeWait, to: .closed)] = (place(.timeWait, 56, 0), Point(x: end.x - 56, y: end.y))
        return paths
    }()

    /// - Parameter link: Where the evidence of an arrow is.
    static func svg(_ arrows: [StateDiagram.Arrow], link: (String) -> String?) -> Markup {
        let seen = arrows.count { $0.evidence != nil }
        let story = arrows.map { arrow in
            "\(arrow.transition.from) to \(arrow.transition.to): \(arrow.evidence.map { "seen in \($0)" } ?? "not seen")"
        }
        let lines = arrows.markup { arrow in
            paths[arrow.transition].map { line($0.from, $0.to, isSeen: arrow.evidence != nil) } ?? ""
        }
        let numbers = arrows.enumerated().markup { index, arrow in
            paths[arrow.transition].map { number(index + 1, $0.from, $0.to, arrow, arrow.evidence.flatMap(link)) } ?? ""
        }
        let visited = Set(arrows.filter { $0.evidence != nil }.flatMap { [$0.transition.from, $0.transition.to] })
        let boxes = (places + [(.closed, end)]).markup { box($0.0, $0.1, isSeen: visited.contains($0.0)) }
        return """
            <svg class="fsm" role="img" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">\
            <title>TCP’s state diagram, with the steps seen in this run</title>\
            <desc>\(seen) of \(arrows.count) steps were seen. \(story.joined(separator: "; ")).</desc>\
            \(lines)\(boxes)\(numbers)</svg>
            """
    }

    private static func box(_ state: TCPState, _ place: Point, isSeen: Bool) -> Markup {
        let faded: Markup = isSeen ? "" : " opacity=\".45\""
        return """
            <rect class="\(state.styleClass)" x="\(place.x - half.x)" y="\(place.y - half.y)" width="112" height="30" rx="4"\(faded)/>\
            <text class="m big \(state.styleClass)" x="\(place.x)" y="\(place.y + 4)">\(state.description)</text>
            """
    }

    private static func line(_ from: Point, _ to: Point, isSeen: Bool) -> Markup {
        let style = isSeen ? " on" : ""
        let (dx, dy) = (Double(to.x - from.x), Double(to.y - from.y))
        let length = (dx * dx + dy * dy).squareRoot()
        let (ux, uy) = (dx / length, dy / length)
        func point(_ back: Double, _ aside: Double) -> String {
            let (x, y) = (Double(to.x) - ux * back - uy * aside, Double(to.y) - uy * back + ux * aside)
            return "\(Int(x.rounded())) \(Int(y.rounded()))"
        }
        let dash: Markup = isSeen ? "" : " stroke-dasharray=\"4 4\""
        return "<path class=\"q\(style)\"\(dash) d=\"M\(from.x) \(from.y)L\(point(6, 0))\"/>"
            + "<path class=\"v\(style)\" d=\"M\(to.x) \(to.y)L\(point(10, 5))L\(point(10, -5))z\"/>"
    }

    private static func number(
        _ number: Int, _ from: Point, _ to: Point, _ arrow: StateDiagram.Arrow, _ link: String?
    ) -> Markup {
        let style = link == nil ? "" : " on"
        // Nearer to where the arrow begins: arrows meet at their ends.
        let (x, y) = ((from.x * 11 + to.x * 9) / 20, (from.y * 11 + to.y * 9) / 20)
        let mark: Markup =
            "<circle class=\"y\(style)\" cx=\"\(x)\" cy=\"\(y)\" r=\"10\"/>"
            + "<text class=\"m z\(style)\" x=\"\(x)\" y=\"\(y + 4)\">\(number)</text>"
        guard let link else { return mark }
        let words =
            "Step \(number), \(arrow.transition.from) to \(arrow.transition.to), seen in \(arrow.evidence ?? "")"
        return "<a href=\"#\(link)\" aria-label=\"\(words)\">\(mark)</a>"
    }
}
