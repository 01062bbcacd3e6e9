/// The colours of the page. Each pair is a text and what it stands on; none is the only sign of anything.
struct Palette: Sendable {
    struct Pair: Hashable, Sendable {
        /// What the style sheet calls it.
        let name: String
        /// Such as `#1d2125`.
        let text: String
        let ground: String
    }

    let paper, ink, muted, rule, link, accent: String
    let pairs: [Pair]

    static let light = Palette(
        paper: "#fdfcf8", ink: "#1d2125", muted: "#575e66", rule: "#d8d4ca", link: "#0b5394", accent: "#8a5a00",
        pairs: [
            Pair(name: "good", text: "#17653a", ground: "#e1f1e5"),
            Pair(name: "bad", text: "#9c2218", ground: "#fbe5e1"),
            Pair(name: "cond", text: "#6f4b00", ground: "#faefcf"),
            Pair(name: "none", text: "#474f58", ground: "#eceae4"),
            Pair(name: "S-CLOSED", text: "#4a4f55", ground: "#eeebe4"),
            Pair(name: "S-LISTEN", text: "#2f4a58", ground: "#dde5ea"),
            Pair(name: "opening", text: "#134a7c", ground: "#d5e5f6"),
            Pair(name: "S-ESTABLISHED", text: "#14562d", ground: "#d0ebd7"),
            Pair(name: "active", text: "#663f00", ground: "#fae0b8"),
            Pair(name: "S-TIME-WAIT", text: "#ffffff", ground: "#ad2419"),
            Pair(name: "passive", text: "#4c2a86", ground: "#e5dbf5"),
        ])

    static let dark = Palette(
        paper: "#14171a", ink: "#e8e6e0", muted: "#a3abb3", rule: "#383e44", link: "#8dbbf2", accent: "#e5b95c",
        pairs: [
            Pair(name: "good", text: "#93d9aa", ground: "#17301f"),
            Pair(name: "bad", text: "#ffa498", ground: "#3c1a16"),
            Pair(name: "cond", text: "#ecc569", ground: "#352a0d"),
            Pair(name: "none", text: "#b9c1c9", ground: "#262b30"),
            Pair(name: "S-CLOSED", text: "#aeb6be", ground: "#24282c"),
            Pair(name: "S-LISTEN", text: "#abcddc", ground: "#21313a"),
            Pair(name: "opening", text: "#a8cff6", ground: "#173250"),
            Pair(name: "S-ESTABLISHED", text: "#a0deb2", ground: "#163721"),
            Pair(name: "active", text: "#f2c680", ground: "#412d0d"),
            Pair(name: "S-TIME-WAIT", text: "#1b0402", ground: "#f0776b"),
            Pair(name: "passive", text: "#d0baf6", ground: "#33264f"),
        ])

    private var plain: [String: String] {
        ["paper": paper, "ink": ink, "muted": muted, "rule": rule, "link": link, "accent": accent]
    }

    /// CSS with the colours themselves in the place of `var(--NAME)`.
    func replacingVariables(in style: String) -> String {
        var colours = plain
        for pair in pairs { (colours[pair.name], colours["\(pair.name)-bg"]) = (pair.text, pair.ground) }
        return style.replacing(/var\(--([\w-]+)\)/) { match in colours[String(match.output.1)] ?? "none" }
    }

    /// As custom properties of CSS.
    var declarations: String {
        plain.sorted { $0.key < $1.key }.map { "--\($0.key):\($0.value);" }.joined()
            + pairs.map { "--\($0.name):\($0.text);--\($0.name)-bg:\($0.ground);" }.joined()
    }

    /// Which pair a class of the page takes, where the two have different names.
    static let states: [(state: String, pair: String)] = [
        ("CLOSED", "S-CLOSED"), ("LISTEN", "S-LISTEN"), ("SYN-SENT", "opening"), ("SYN-RECEIVED", "opening"),
        ("ESTABLISHED", "S-ESTABLISHED"), ("FIN-WAIT-1", "active"), ("FIN-WAIT-2", "active"), ("CLOSING", "active"),
        ("TIME-WAIT", "S-TIME-WAIT"), ("CLOSE-WAIT", "passive"), ("LAST-ACK", "passive"),
    ]
}
