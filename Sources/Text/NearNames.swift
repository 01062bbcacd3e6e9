/// The names that somebody may have meant by one that does not exist, the likeliest first, three at most.
///
/// Small letters count as capital ones, and `_` and blanks as hyphens. A name is near if few letters differ from it, or from what
/// precedes or follows one of its hyphens (`passive` → `explicit-passive`); if none is, those that begin with it or contain it.
package func nearNames(_ name: String, among names: [String]) -> [String] {
    let wanted = plain(name)
    guard !wanted.isEmpty else { return [] }
    let limit = max(1, wanted.count / 3)
    let near = names.enumerated().compactMap { order, name -> Near? in
        // The parts of short names are near to everything.
        let parts = wanted.count < 4 ? [] : halves(plain(name))
        let whole = editDistance(wanted, plain(name))
        let part = parts.map { editDistance(wanted, String($0)) }.min() ?? .max
        let distance = min(whole, part)
        return distance <= limit ? Near(distance: distance, isPart: part < whole, order: order, name: name) : nil
    }
    if !near.isEmpty { return near.sorted(by: <).prefix(3).map(\.name) }
    let beginning = names.filter { plain($0).hasPrefix(plain(name)) }
    if !beginning.isEmpty { return Array(beginning.prefix(3)) }
    return wanted.count < 3 ? [] : Array(names.filter { plain($0).contains(plain(name)) }.prefix(3))
}

/// Such as `did you mean passive?`, or what to do where no name is near.
package func suggestion(for name: String, among names: [String], otherwise: String) -> String {
    let near = nearNames(name, among: names)
    return near.isEmpty ? otherwise : "did you mean \(orList(near))?"
}

/// `a`, `a or b`, `a, b or c`.
package func orList(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}

private struct Near: Comparable {
    let distance: Int
    let isPart: Bool
    let order: Int
    let name: String

    static func < (one: Near, other: Near) -> Bool {
        (one.distance, one.isPart ? 1 : 0, one.name.count, one.order)
            < (other.distance, other.isPart ? 1 : 0, other.name.count, other.order)
    }
}

private func plain(_ name: String) -> String {
    String(name.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
}

/// What precedes and what follows each hyphen or dot.
private func halves(_ name: String) -> [Substring] {
    name.indices.filter { name[$0] == "-" || name[$0] == "." }.flatMap {
        [name[..<$0], name[name.index(after: $0)...]]
    }
}

/// How many letters to insert, to remove, to replace, or to swap with their neighbour (optimal string alignment).
func editDistance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one), Array(other))
    var rows: [[Int]] = [Array(0...other.count)]
    for i in one.indices {
        var row = [i + 1]
        for j in other.indices {
            let replaced = rows[i][j] + (one[i] == other[j] ? 0 : 1)
            var distance = min(replaced, row[j] + 1, rows[i][j + 1] + 1)
            if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                distance = min(distance, rows[i - 1][j - 1] + 1)
            }
            row.append(distance)
        }
        rows.append(row)
    }
    return rows[one.count][other.count]
}
