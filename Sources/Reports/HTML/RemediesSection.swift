import Claims

/// The table that a practitioner wants.
struct RemediesSection {
    private let remedies: [Remedy]

    init(_ remedies: [Remedy]) {
        self.remedies = remedies
    }

    var context: [String: Any] {
        ["headings": Remedy.headings, "rows": remedies.map(row)]
    }

    private func row(_ remedy: Remedy) -> [String: Any] {
        let (sign, style) = remedy.fixedPort.map(Sign.of) ?? ("", "none")
        let rest = zip(Remedy.headings, remedy.entries).dropFirst(2)
        return [
            "name": remedy.name, "free": remedy.entries[1], "freeLabel": Remedy.headings[1], "sign": sign,
            "class": style, "rest": rest.map { ["label": $0, "text": $1] },
        ]
    }
}
