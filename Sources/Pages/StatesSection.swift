import Claims
import TCPSockets

/// The state diagram, and where its steps were seen.
struct StatesSection {
    private let diagram: StateDiagram
    private let anchors: Anchors

    init(_ report: Report, _ anchors: Anchors) {
        diagram = StateDiagram(report)
        self.anchors = anchors
    }

    var markup: Markup {
        let rows = zip(1..., diagram.arrows).markup(row)
        return """
            <section id="states" aria-labelledby="states-title">
            <h2 id="states-title">The states</h2>
            <p>\(diagram.summary)</p>
            <div class="beside"><div class="scroll" tabindex="0" role="region" aria-label="State diagram">\
            \(StateDrawing.svg(diagram.arrows, link: anchors.evidence))</div>
            <table class="steps">
            <caption>The steps of RFC 9293, figure 5, numbered as in the drawing.</caption>
            <thead><tr><th scope="col">No.</th><th scope="col">Step</th><th scope="col">Seen in</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            \(diagram.others.isEmpty ? nil : others)
            </section>
            """
    }

    private func row(_ number: Int, _ arrow: StateDiagram.Arrow) -> Markup {
        let (from, to) = (arrow.transition.from.description, arrow.transition.to.description)
        let unseen: Markup = "✕ not seen\(arrow.obstacle.map { ": \($0)" } ?? "")"
        return """
            <tr><td>\(number)</td><th scope="row"><span class="state">\(from) →</span> \
            <span class="state">\(to)</span> <small>\(arrow.cause)</small></th>\
            <td>\(arrow.evidence.map { anchors.links([$0]) } ?? unseen)</td></tr>
            """
    }

    private var others: Markup {
        let items = diagram.others.markup { arrow in
            let (from, to) = (arrow.transition.from.description, arrow.transition.to.description)
            return "<li>\(from) → \(to): \(arrow.evidence.map { anchors.links([$0]) })</li>"
        }
        return """
            <details class="body"><summary>Steps seen that the figure does not show</summary>
            <p class="lede">Two steps caused by one segment look like one, and an experiment may look at a port \
            that another socket has taken since.</p>
            <ul>\(items)</ul>
            </details>
            """
    }
}
