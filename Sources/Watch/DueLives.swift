/// Lives that are looked at again after a pause, the same for all of them.
struct DueLives {
    private var entries: [(due: UInt64, life: SocketLife)] = []
    private var position = 0

    var isEmpty: Bool { position == entries.count }

    mutating func add(_ life: SocketLife, due: UInt64) { entries.append((due, life)) }

    mutating func next(until time: UInt64) -> SocketLife? {
        guard position < entries.count, entries[position].due <= time else { return nil }
        defer {
            position += 1
            if position > 1024, position * 2 > entries.count {
                entries.removeFirst(position)
                position = 0
            }
        }
        return entries[position].life
    }
}
