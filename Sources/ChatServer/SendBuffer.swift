import ChatProtocol

/// Bytes on their way out, gathered for one send().
///
/// Not an array: it has one owner, so nothing has to look at each step whether it is shared. It counts, because code
/// that runs between two system calls finds little of itself left in the processor's nearest cache.
struct SendBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0
    private let keptCapacity: Int
    private static let firstCapacity = 4096

    /// - Parameter keptCapacity: The most memory that is kept for later when nothing is left to send.
    init(keptCapacity: Int) {
        self.keptCapacity = keptCapacity
        memory = .allocate(byteCount: Self.firstCapacity, alignment: 8)
    }

    deinit {
        memory.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// Good until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if memory.count - count < bytes.count { grow(by: bytes.count) }
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Puts bytes before all others.
    mutating func prepend(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let others = Array(self.bytes)
        count = 0
        bytes.withUnsafeBytes { append($0) }
        others.withUnsafeBytes { append($0) }
    }

    mutating func append(_ message: Message) {
        Frame.bytes(of: message).withUnsafeBytes { append($0) }
    }

    /// Appends an answer whose text has been checked already.
    mutating func append(answer text: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: Frame.header(.answer, bodyLength: text.count)) { append($0) }
        append(text)
    }

    /// Appends a padding frame, without making it first.
    mutating func append(padding length: Int) {
        withUnsafeBytes(of: Frame.header(.padding, bodyLength: length)) { append($0) }
        if memory.count - count < length { grow(by: length) }
        let place = UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + length])
        place.initializeMemory(as: UInt8.self, repeating: 0)
        count += length
    }

    mutating func removeAll() {
        count = 0
        if memory.count > keptCapacity { resize(to: Self.firstCapacity) }
    }

    private mutating func grow(by addition: Int) {
        resize(to: max(count + addition, 2 * memory.count))
    }

    private mutating func resize(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }
}
