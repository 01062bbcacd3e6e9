import Recordings
import TCPSockets

/// Cells beside those that differ from them in one knob only.
struct Twins {
    /// How many pairs there are.
    private(set) var count = 0
    /// The first of each pair in which the two have different outcomes.
    private(set) var different: [Cell] = []

    /// - Parameter twin: The other cell of a pair; nil for a cell that is nobody's first.
    init(_ results: [CellResult], _ twin: (Cell) -> Cell?) {
        let outcomes = Dictionary(results.map { ($0.cell, $0.outcome.lasting) }) { first, _ in first }
        for result in results {
            guard let other = twin(result.cell), let outcome = outcomes[other] else { continue }
            count += 1
            if outcome != result.outcome.lasting { different.append(result.cell) }
        }
    }

    /// IPv4 beside IPv6.
    static func families(_ results: [CellResult]) -> Twins {
        Twins(results) { cell in
            guard cell.family == .v4 else { return nil }
            var other = cell
            other.family = .v6
            return other
        }
    }

    /// With timestamps beside without.
    static func timestamps(_ results: [CellResult]) -> Twins {
        Twins(results) { cell in
            guard cell.timestamps else { return nil }
            var other = cell
            other.timestamps = false
            return other
        }
    }

    /// Such as "IPv6 differs from IPv4 in 2 of 220 cells: explicit-{active,linger}".
    func sentence(_ subject: String) -> String? {
        if count == 0 { return nil }
        if different.isEmpty { return "\(subject) in none of \(count) cells." }
        return "\(subject) in \(different.count) of \(count) cells: \(different.summary)"
    }
}

extension Outcome {
    /// All that two runs of one cell must agree in: everything but how long close() took.
    fileprivate var lasting: [String] {
        [
            firstToClose.rawValue, ending.rawValue, timeWait.rawValue, serverSaw.rawValue, reconnect.bind.description,
            reconnect.connect?.description ?? "", "\(bytesSent)", "\(bytesLost)", resetCause?.rawValue ?? "",
        ]
    }
}

extension [Cell] {
    /// The names of the cells, shortened as a shell expands them: `explicit-{active,linger}{,-ipv6}`.
    package var summary: String {
        // An identifier is what the bind is, how it is closed, and the rest.
        var strategies: [[String]: [String]] = [:]
        var order: [[String]] = []
        for cell in self {
            let (head, tail) = cell.ends
            if strategies[[head, tail]] == nil { order.append([head, tail]) }
            strategies[[head, tail], default: []].append(cell.close.rawValue)
        }
        // What has the same strategies shares its rests, and what has both the same shares its beginning.
        var tails: [[String]: [String]] = [:]
        for ends in order { tails[[ends[0]] + strategies[ends, default: []], default: []].append(ends[1]) }
        var heads: [[[String]]: [String]] = [:]
        var shapes: [[[String]]] = []
        for ends in order {
            let names = strategies[ends, default: []]
            let shape = [names, tails[[ends[0]] + names, default: []]]
            if heads[shape] == nil { shapes.append(shape) }
            if heads[shape]?.contains(ends[0]) != true { heads[shape, default: []].append(ends[0]) }
        }
        return shapes.map { heads[$0, default: []].inBraces + $0[0].inBraces + $0[1].inBraces }
            .joined(separator: " ")
    }
}

extension Cell {
    /// What stands before the strategy in its name, and what behind it.
    fileprivate var ends: (head: String, tail: String) {
        let head = bind.rawValue + (reuseAddress == .none ? "" : "-reuse-\(reuseAddress.rawValue)") + "-"
        return (head, String(id.dropFirst(head.count + close.rawValue.count)))
    }
}

extension [String] {
    /// What all begin with, and the rest in braces.
    fileprivate var inBraces: String {
        guard count > 1, let first else { return self.first ?? "" }
        var common = first[...]
        while !allSatisfy({ $0.hasPrefix(common) }) { common.removeLast() }
        return "\(common){\(map { $0.dropFirst(common.count) }.joined(separator: ","))}"
    }
}
