package import Recordings

/// Stories of connections as one page that needs nothing else.
package struct StoryPage: Sendable {
    package struct Section: Sendable {
        let title: String
        let paragraphs: [String]
        let recording: Recording?

        package init(title: String, paragraphs: [String], recording: Recording? = nil) {
            (self.title, self.paragraphs, self.recording) = (title, paragraphs, recording)
        }
    }

    private let title: String
    private let facts: [(name: String, value: String)]
    private let sections: [Section]

    /// - Parameter facts: What was run, and where.
    package init(title: String, facts: [(name: String, value: String)], sections: [Section]) {
        (self.title, self.facts, self.sections) = (title, facts, sections)
    }

    /// The whole file.
    package func text() -> String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>\(StyleSheet.markup)</style>
            </head>
            <body>
            <header>
            <h1>\(title)</h1>
            <dl>\(facts.markup { "<dt>\($0.name)</dt><dd><code>\($0.value)</code></dd>" })</dl>
            </header>
            <main>
            \(sections.enumerated().markup { Self.markup($0.element, $0.offset + 1) })\
            \(SequenceDrawing.key)
            </main>
            </body>
            </html>

            """
        return page.source
    }

    private static func markup(_ section: Section, _ number: Int) -> Markup {
        let figure = section.recording.map {
            SequenceDrawing(SequenceDiagram($0)).figure(title: "\(section.title): segments and states in order")
        }
        return """
            <section aria-labelledby="section-\(number)">
            <h2 id="section-\(number)">\(section.title)</h2>
            \(section.paragraphs.markup { "<p>\($0)</p>\n" })\(figure)
            </section>

            """
    }
}

/// A recording as a drawing of its own: an SVG file.
package enum StoryDrawing {
    package static func file(of recording: Recording, title: String) -> String {
        file(SequenceDrawing(SequenceDiagram(recording)).svg(title: title))
    }

    /// What a page says once stands in the file itself, in colours that need no page.
    static func file(_ drawing: Markup) -> String {
        let (svg, opening) = (drawing.source, "<svg class=\"sq\"")
        guard svg.hasPrefix(opening), let end = svg.utf8.firstIndex(of: UInt8(ascii: ">")) else { return svg }
        let attributes = svg[svg.utf8.index(svg.startIndex, offsetBy: opening.utf8.count)...end]
        return "\(opening) xmlns=\"http://www.w3.org/2000/svg\"\(attributes)<style>\(StyleSheet.ofDrawing)</style>"
            + "<rect width=\"100%\" height=\"100%\" fill=\"\(Palette.light.paper)\"/>"
            + svg[svg.utf8.index(after: end)...] + "\n"
    }
}
