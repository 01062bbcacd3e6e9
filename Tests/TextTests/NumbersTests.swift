import Testing

@testable import Text

@Suite("Numbers as people read them")
struct NumbersTests {
    @Test(
        "Seconds are printed with one decimal, rounded",
        arguments: [
            (Duration.milliseconds(59_949), "59.9"), (.milliseconds(59_950), "60.0"), (.zero, "0.0"),
            (.milliseconds(49), "0.0"), (.milliseconds(1_050), "1.1"),
        ])
    func tenths(_ duration: Duration, _ words: String) {
        #expect(duration.inTenths == words)
    }

    @Test(
        "A number has as many decimals as are asked for, rounded, and its thousands grouped",
        arguments: [
            (0.0, 0, "0"), (1234.5, 0, "1,235"), (1234.567, 2, "1,234.57"), (0.0499, 1, "0.0"), (0.05, 1, "0.1"),
            (-1.25, 1, "−1.3"), (-0.01, 1, "0.0"), (999.996, 2, "1,000.00"), (1_000_000, 3, "1,000,000.000"),
        ])
    func fixed(_ number: Double, _ digits: Int, _ words: String) {
        #expect(number.fixed(digits) == words)
        #expect(number.fixed(digits, isGrouped: false) == words.replacing(",", with: ""))
    }

    @Test("For a document a number is rounded and stays a number")
    func rounded() {
        #expect(12.34.rounded(toDigits: 1) == 12.3)
        #expect(12.35001.rounded(toDigits: 1) == 12.4)
        #expect((-0.5).rounded(toDigits: 0) == -1)
    }

    @Test("A thing is counted", arguments: [(0, "0 sockets"), (1, "1 socket"), (2000, "2,000 sockets")])
    func things(_ number: Int, _ words: String) {
        #expect(counted(number, "socket") == words)
    }
}
