import TCPSockets

/// Objects by the descriptor that each of them has: as dense as the process's own table, and found without hashing.
///
/// A descriptor is used again as soon as it is closed, so that a late event could be taken for one of its next owner. Hence
/// a token holds a generation beside the descriptor.
struct DescriptorTable<Element: AnyObject> {
    private struct Entry {
        let token: Poller.Token
        let element: Element
    }

    private var entries: [Entry?] = []
    private var generation: UInt64 = 0
    private(set) var count = 0
    /// How many generations there are, for the highest bits of a token are free for other uses.
    private static var generations: UInt64 { 0x1FFF_FFFF }

    /// The token of the next object that has this descriptor. From 2³² on, so that small numbers are free for other uses.
    mutating func nextToken(for descriptor: CInt) -> Poller.Token {
        generation = generation % Self.generations + 1
        return generation << 32 | UInt64(descriptor)
    }

    mutating func insert(_ element: Element, token: Poller.Token) {
        let index = Self.index(of: token)
        while entries.count <= index { entries.append(nil) }
        if entries[index] == nil { count += 1 }
        entries[index] = Entry(token: token, element: element)
    }

    /// The object that was inserted under this very token.
    @inline(__always)
    subscript(token: Poller.Token) -> Element? {
        let index = Self.index(of: token)
        guard index < entries.count, let entry = entries[index], entry.token == token else { return nil }
        return entry.element
    }

    mutating func remove(_ token: Poller.Token) {
        guard self[token] != nil else { return }
        entries[Self.index(of: token)] = nil
        count -= 1
    }

    /// All objects, as they are now: the table may change while they are gone through.
    var all: [Element] { entries.compactMap { $0?.element } }

    private static func index(of token: Poller.Token) -> Int { Int(token & 0xFFFF_FFFF) }
}
