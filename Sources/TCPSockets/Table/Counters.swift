/// What a host's kernel has counted, by the names of `/proc/net/snmp` and `/proc/net/netstat`, such as
/// `TcpExt:TCPAbortOnData` (Documentation/networking/snmp_counter.rst).
package struct Counters: Hashable, Sendable {
    package private(set) var values: [String: Int] = [:]

    package subscript(name: String) -> Int { values[name] ?? 0 }

    /// How much each has grown; those that have not are left out.
    package func growth(since earlier: Counters) -> [String: Int] {
        values.reduce(into: [:]) { growth, counter in
            let difference = counter.value - earlier[counter.key]
            if difference != 0 { growth[counter.key] = difference }
        }
    }

    /// - Parameter texts: Of the files.
    package init(_ texts: [String]) {
        for text in texts { read(text) }
    }

    /// What the network namespace of this thread counts; nil where the files cannot be read.
    package static func read() -> Counters? {
        let texts = files.compactMap { SmallFile.text(of: $0) }
        return texts.count == files.count ? Counters(texts) : nil
    }

    package static let files = ["snmp", "netstat"].map { "/proc/thread-self/net/\($0)" }

    /// Reads pairs of lines: `Tcp: name name …` and `Tcp: value value …`.
    private mutating func read(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        for (names, numbers) in zip(lines, lines.dropFirst()) {
            guard let group = names.first, group == numbers.first, group.hasPrefix("Tcp") else { continue }
            for (name, number) in zip(names, numbers).dropFirst() {
                if let number = Int(number) { values["\(group)\(name)"] = number }
            }
        }
    }
}
