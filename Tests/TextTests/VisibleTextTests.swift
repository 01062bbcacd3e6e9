import Testing

@testable import Text

@Suite("Visible text", .timeLimit(.minutes(5)))
struct VisibleTextTests {
    @Test(
        "leaves plain text as it is",
        arguments: [
            "", "plain", "Grüße, 日本語 €", "\u{1F469}\u{200D}\u{1F4BB} \u{1F44D}\u{1F3FD}", "e\u{301}", "שלום", "^[",
            "\u{A0}",
        ])
    func unchanged(_ text: String) {
        #expect(scalars(visible(text)) == scalars(text))
    }

    @Test(
        "shows what could drive the terminal",
        arguments: [
            ("\u{1B}[2Jgone\u{7}", "^[[2Jgone^G"), ("a\nb\r\n\tc", "a^Jb^M^J^Ic"), ("\0", "^@"), ("\u{1F}", "^_"),
            ("\u{7F}", "^?"), ("\u{80}\u{9B}31m\u{9F}", "\\u{80}\\u{9b}31m\\u{9f}"),
            ("\u{202E}exe.txt", "\\u{202e}exe.txt"), ("\u{200F}a\u{61C}", "\\u{200f}a\\u{61c}"),
            ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"), ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            ("é\u{1B}\u{1F600}", "é^[\u{1F600}"),
        ])
    func shown(_ text: String, _ expected: String) {
        #expect(scalars(visible(text)) == scalars(expected))
    }

    @Test("has no control character left, whatever it is made of")
    func noneLeft() {
        let all = (0..<0x3000).compactMap { Unicode.Scalar($0 as UInt32) }
        let text = visible(String(String.UnicodeScalarView(all)))
        #expect(text.unicodeScalars.count { $0.properties.generalCategory == .control } == 0)
        #expect(text.unicodeScalars.count { $0.properties.generalCategory == .lineSeparator } == 0)
        #expect(text.unicodeScalars.count { $0.properties.generalCategory == .paragraphSeparator } == 0)
    }

    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
}
