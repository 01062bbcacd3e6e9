/// The names that are most like one that does not exist: three at most, and none that is far away.
package func nearNames(_ name: String, among names: [String]) -> [String] {
    guard !name.isEmpty else { return [] }
    let limit = max(1, name.count / 3)
    let distances = names.enumerated().map { (distance: editDistance(name, $1), order: $0, name: $1) }
    let near = distances.filter { $0.distance <= limit }.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }
    if !near.isEmpty { return near.prefix(3).map(\.name) }
    return Array(names.filter { $0.lowercased().hasPrefix(name.lowercased()) }.prefix(3))
}

/// How many letters to insert, to remove or to replace (Levenshtein), whether small or capital.
func editDistance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one.lowercased()), Array(other.lowercased()))
    var row = Array(0...other.count)
    for (i, letter) in one.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, counterpart) in other.enumerated() {
            let replaced = diagonal + (letter == counterpart ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[other.count]
}
