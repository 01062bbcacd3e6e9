import Testing

@testable import Pages

@Suite("Markup")
struct MarkupTests {
    @Test("Text is escaped, in an element and in an attribute")
    func text() {
        let text = "<a href=\"x\">'&'</a>"
        let markup: Markup = "<p title=\"\(text)\">\(text.prefix(3))</p>"
        #expect(
            markup.source == "<p title=\"&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\">&lt;a </p>")
    }

    @Test("A mark that is combined with a sign of markup does not hide it")
    func combined() {
        let markup: Markup = "\("<\u{301}")"
        #expect(markup.source == "&lt;\u{301}")
    }

    @Test("Markup inside markup stays as it is, and none leaves nothing")
    func nested() {
        let inner: Markup = "<b>\("&")</b>"
        let none: Markup? = nil
        let markup: Markup = "<p>\(inner)\(none)\(7)</p>"
        #expect(markup.source == "<p><b>&amp;</b>7</p>")
    }

    @Test("A sequence becomes the markup of its elements")
    func sequence() {
        let markup: Markup = "<ul>\(["<", "b"].markup { "<li>\($0)</li>" })</ul>"
        #expect(markup.source == "<ul><li>&lt;</li><li>b</li></ul>")
    }
}
