import Claims

/// The state diagram, and where its steps were seen.
struct StatesSection {
    private let diagram: StateDiagram
    private let anchors: Anchors

    init(_ report: Report, _ anchors: Anchors) {
        diagram = StateDiagram(report)
        self.anchors = anchors
    }

    var context: [String: Any] {
        [
            "summary": diagram.summary, "drawing": StateDrawing.svg(diagram.arrows, link: anchors.evidence),
            "arrows": diagram.arrows.enumerated().map { row($1, number: $0 + 1) },
            "others": diagram.others.map { row($0, number: 0) }, "hasOthers": !diagram.others.isEmpty,
        ]
    }

    private func row(_ arrow: StateDiagram.Arrow, number: Int) -> [String: Any] {
        var row: [String: Any] = [
            "number": number, "from": "\(arrow.transition.from)", "to": "\(arrow.transition.to)", "cause": arrow.cause,
        ]
        row["obstacle"] = arrow.obstacle
        row["evidence"] = arrow.evidence.map { anchors.links([$0]) }
        return row
    }
}
