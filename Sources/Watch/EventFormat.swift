/// How the kernel writes one kind of event into its ring buffer, read from the event's own `format` file: fields come, go and move
/// from one version to the next (Documentation/trace/events.rst, section 2.2).
package struct EventFormat: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let offset, size: Int
    }

    package let name: String
    /// What the field `common_type` holds of such an event.
    package let id: UInt16
    private let fields: [String: Field]
    private let printing: Substring

    /// - Returns: nil where the text is no such file.
    package init?(_ text: String) {
        let lines = text.split(separator: "\n")
        func value(_ key: String) -> Substring? {
            lines.first { $0.hasPrefix(key) }?.dropFirst(key.count)
        }
        guard let name = value("name: "), let id = value("ID: ").flatMap({ UInt16($0) }) else { return nil }
        (self.name, self.id) = (String(name), id)
        fields = Self.fields(in: lines)
        printing = value("print fmt: ") ?? ""
    }

    /// The lines of the form `field:TYPE NAME; offset:N; size:N; signed:N;`.
    static func fields(in lines: [Substring]) -> [String: Field] {
        var fields: [String: Field] = [:]
        for line in lines {
            let parts = line.split(separator: ";").map { $0.drop(while: \.isWhitespace) }
            guard parts.count >= 3, parts[0].hasPrefix("field:"),
                let name = parts[0].split(whereSeparator: \.isWhitespace).last?.split(separator: "[").first,
                let offset = number("offset:", parts[1]), let size = number("size:", parts[2])
            else { continue }
            fields[String(name)] = Field(offset: offset, size: size)
        }
        return fields
    }

    private static func number(_ key: String, _ text: Substring) -> Int? {
        text.hasPrefix(key) ? Int(text.dropFirst(key.count)) : nil
    }

    /// How many bytes such an event has at least.
    var length: Int { fields.values.map { $0.offset + $0.size }.max() ?? 0 }

    package subscript(name: String) -> Field? { fields[name] }

    /// The words that the kernel prints for the numbers of a field: `__print_symbolic(REC->FIELD, { 0, "WORD" }, …)`.
    package func words(of field: String) -> [Int: String] {
        guard let start = printing.firstRange(of: "__print_symbolic(REC->\(field),")?.upperBound else { return [:] }
        var words: [Int: String] = [:]
        for pair in printing[start...].prefix(while: { $0 != ")" }).split(separator: "{").dropFirst() {
            let parts = pair.prefix { $0 != "}" }.split(separator: ",").map { $0.trimming { $0 == " " || $0 == "\"" } }
            if parts.count == 2, let number = Int(parts[0]) { words[number] = String(parts[1]) }
        }
        return words
    }
}

extension Substring {
    fileprivate func trimming(_ isMargin: (Character) -> Bool) -> Substring {
        var text = drop(while: isMargin)
        while let last = text.last, isMargin(last) { text.removeLast() }
        return text
    }
}
