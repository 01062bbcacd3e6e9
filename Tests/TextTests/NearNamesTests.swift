import Testing

@testable import Text

@Suite("Names that somebody may have meant")
struct NearNamesTests {
    static let names = [
        "explicit-passive", "implicit-passive", "explicit-active", "A9", "A10", "EADDRINUSE", "TIME-WAIT",
        "ephemeral-ports", "first",
    ]

    @Test(
        "The likeliest first; small letters, _ and blanks count as what they stand for",
        arguments: [
            ("passive", ["explicit-passive", "implicit-passive"]),
            ("pasive", ["explicit-passive", "implicit-passive"]),
            ("explicit-pasive", ["explicit-passive"]), ("A99", ["A9"]), ("eaddrinus", ["EADDRINUSE"]),
            ("time_wiat", ["TIME-WAIT"]), ("time wait", ["TIME-WAIT"]), ("EADDR", ["EADDRINUSE"]),
            ("plicit-act", ["explicit-active"]), ("ephemerall", ["ephemeral-ports"]), ("frist", ["first"]),
            ("zzzz", []), ("", []),
        ])
    func near(_ name: String, _ expected: [String]) {
        let near = nearNames(name, among: Self.names)
        #expect(near.prefix(expected.count) == expected[...])
        #expect(near.isEmpty == expected.isEmpty)
    }

    @Test("Three at most, and what to do where none is near")
    func words() {
        #expect(nearNames("A", among: ["A1", "A2", "A3", "A4"]).count == 3)
        #expect(suggestion(for: "A", among: ["A1", "A2", "A3"], otherwise: "") == "did you mean A1, A2 or A3?")
        #expect(suggestion(for: "zzzz", among: Self.names, otherwise: "list shows them") == "list shows them")
    }

    @Test(
        "Letters to insert, to remove, to replace, or to swap",
        arguments: [
            ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("a", "a", 0), ("frist", "first", 1),
            ("ab", "ba", 1),
        ])
    func distance(_ one: String, _ other: String, _ distance: Int) {
        #expect(editDistance(one, other) == distance)
    }
}
