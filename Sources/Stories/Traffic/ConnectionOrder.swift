/// Puts connections, which come as they end, into the order in which they began, as far as a bounded room allows.
package struct ConnectionOrder {
    /// More wait for an earlier one to end only if the earliest of them goes on without it.
    private static let limit = 10_000
    /// A heap: each is earlier than the two that stand at twice its place.
    private var heap: [TrafficConnection] = []

    package init() {}

    /// - Returns: The connection whose turn it is; nil while there is room.
    package mutating func add(_ connection: TrafficConnection) -> TrafficConnection? {
        heap.append(connection)
        var place = heap.count - 1
        while place > 0, heap[place].number < heap[(place - 1) / 2].number {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        return heap.count > Self.limit ? removeFirst() : nil
    }

    /// Those that are left, in order.
    package mutating func removeAll() -> [TrafficConnection] {
        defer { heap = [] }
        return heap.sorted { $0.number < $1.number }
    }

    private mutating func removeFirst() -> TrafficConnection {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var place = 0
        while true {
            let children = [2 * place + 1, 2 * place + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0].number < heap[$1].number }),
                heap[least].number < heap[place].number
            else { return first }
            heap.swapAt(place, least)
            place = least
        }
    }
}
