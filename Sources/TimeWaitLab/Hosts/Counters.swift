internal import Glibc

/// What a host's kernel has counted, by the names of `/proc/net/snmp` and `/proc/net/netstat`, such as
/// `TcpExt:TCPAbortOnData` (Documentation/networking/snmp_counter.rst).
public struct Counters: Hashable, Sendable {
    public private(set) var values: [String: Int] = [:]

    public subscript(name: String) -> Int { values[name] ?? 0 }

    /// How much each has grown; those that have not are left out.
    public func growth(since earlier: Counters) -> [String: Int] {
        values.reduce(into: [:]) { growth, counter in
            let difference = counter.value - earlier[counter.key]
            if difference != 0 { growth[counter.key] = difference }
        }
    }

    /// Reads pairs of lines: `Tcp: name name …` and `Tcp: value value …`.
    mutating func read(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        for (names, numbers) in zip(lines, lines.dropFirst()) {
            guard let group = names.first, group == numbers.first, group.hasPrefix("Tcp") else { continue }
            for (name, number) in zip(names, numbers).dropFirst() {
                if let number = Int(number) { values["\(group)\(name)"] = number }
            }
        }
    }
}

/// The two files, opened in a host's namespace and bound to it from then on.
struct CounterFiles: Sendable {
    private let files: [OpenFile]

    /// Opens them for the namespace of the calling thread.
    init() throws {
        files = try ["snmp", "netstat"].map { try OpenFile("/proc/thread-self/net/\($0)") }
    }

    func read() throws -> Counters {
        var counters = Counters()
        for file in files { counters.read(try file.text()) }
        return counters
    }
}
