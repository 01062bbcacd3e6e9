import Claims

/// The table that a practitioner wants.
struct RemediesSection {
    private let remedies: [Remedy]

    init(_ remedies: [Remedy]) {
        self.remedies = remedies
    }

    var markup: Markup {
        """
        <section id="remedies" aria-labelledby="remedies-title">
        <h2 id="remedies-title">What to do</h2>
        <table class="cards remedies">
        <caption>Read from the cells and the experiments of this run. \
        A question mark: it has not looked at that.</caption>
        <thead><tr>\(Remedy.headings.markup { "<th scope=\"col\">\($0)</th>" })</tr></thead>
        <tbody>\(remedies.markup(row))</tbody></table>
        </section>
        """
    }

    private func row(_ remedy: Remedy) -> Markup {
        let (sign, style) = remedy.fixedPort.map(Sign.of) ?? ("", "none")
        let rest = zip(Remedy.headings, remedy.entries).dropFirst(2)
        return """
            <tr><th scope="row"><code>\(remedy.name)</code></th><td data-label="\(Remedy.headings[1])">\
            <span class="tag \(style)">\(sign) \(remedy.entries[1])</span></td>\
            \(rest.markup { "<td data-label=\"\($0)\">\($1)</td>" })</tr>

            """
    }
}
