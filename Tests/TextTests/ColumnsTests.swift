import Testing

@testable import Text

@Suite("The width of text on a terminal", .timeLimit(.minutes(5)))
struct ColumnsTests {
    @Test(
        "East Asian characters and pictures take two columns, accents none of their own",
        arguments: [("abc", 3), ("größe", 5), ("e\u{301}", 1), ("日本", 4), ("👩‍💻", 2), ("…", 1), ("", 0)])
    func widths(_ text: String, _ width: Int) {
        #expect(columns(of: text) == width)
    }

    @Test(
        "What fits stays, and what does not ends in …, in no more columns than there are",
        arguments: [
            ("abcde", 5, "abcde"), ("abcdef", 5, "abcd…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
            ("a日本", 4, "a日…"), ("ab", 1, "…"),
        ])
    func cutting(_ line: String, _ width: Int, _ shown: String) {
        #expect(cut(line, to: width) == shown)
        #expect(columns(of: shown) <= width)
    }

    @Test("Colour takes no room, and ends where the line is cut")
    func colour() {
        #expect(cut("\u{1B}[1mabc\u{1B}[0m", to: 3) == "\u{1B}[1mabc\u{1B}[0m")
        #expect(cut("\u{1B}[31mabcdef\u{1B}[0m", to: 4) == "\u{1B}[31mabc…\u{1B}[m")
    }
}
