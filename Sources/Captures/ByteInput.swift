import Glibc
import TCPSockets

/// The bytes of a file or a pipe, as they come: what is asked for next stands together in one place.
final class ByteInput {
    private let descriptor: CInt
    private let ownsDescriptor: Bool
    private let name: String
    /// Called before each wait, and every second of one.
    private let idle: (_ isQuiet: Bool) -> Capture.Waiting
    /// Where everything that is read is kept as well.
    private var copy: CInt?
    /// Readable when the wait is to be interrupted; -1 for none.
    private let alarm: CInt
    private let room: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    /// Whether it was told to stop.
    private(set) var isStopped = false
    /// How many bytes were read in all.
    private(set) var count = 0

    /// More than the longest packet, and so much that few calls are needed.
    private static let capacity = 1 << 20
    private static let quietMilliseconds: CInt = 1000

    init(
        _ descriptor: CInt, owned: Bool, name: String, copy: CInt? = nil, alarm: CInt = -1,
        idle: @escaping (_ isQuiet: Bool) -> Capture.Waiting
    ) {
        (self.descriptor, ownsDescriptor, self.name) = (descriptor, owned, name)
        (self.copy, self.alarm, self.idle) = (copy, alarm, idle)
        room = .allocate(byteCount: Self.capacity, alignment: 16)
    }

    deinit {
        room.deallocate()
        if ownsDescriptor { close(descriptor) }
    }

    /// The next bytes, if there are so many; what there is, where the input ends before. They stay where they are until this is
    /// called again, and are passed by `skip`.
    ///
    /// - Throws: `CaptureError`.
    func peek(_ length: Int) throws -> UnsafeRawBufferPointer {
        precondition(length <= Self.capacity, "no more stands together")
        while end - start < length, !isAtEnd {
            if room.count - start < length {
                room.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[start..<end]))
                (start, end) = (0, end - start)
            }
            try fill()
        }
        return UnsafeRawBufferPointer(rebasing: room[start..<min(end, start + length)])
    }

    /// Passes over bytes, however many.
    ///
    /// - Returns: Whether there were so many.
    func skip(_ length: Int) throws -> Bool {
        var rest = length
        while rest > 0 {
            let here = min(rest, end - start)
            start += here
            rest -= here
            guard rest > 0 else { break }
            if isAtEnd { return false }
            (start, end) = (0, 0)
            try fill()
        }
        return true
    }

    /// What was read and is not passed yet.
    var buffered: [UInt8] { [UInt8](room[start..<end]) }

    private func fill() throws {
        if start == end { (start, end) = (0, 0) }
        guard try isReadable() else { return }
        guard let base = room.baseAddress else { return }
        let got = read(descriptor, base + end, room.count - end)
        if got < 0 {
            if errno == EINTR || errno == EAGAIN { return }
            throw CaptureError(.damaged, "read \(name): \(Errno(rawValue: errno))")
        }
        if got == 0 { isAtEnd = true }
        try keep(UnsafeRawBufferPointer(rebasing: room[end..<(end + got)]))
        end += got
        count += got
    }

    /// Waits; a second without anything is told, so that what is over can be shown.
    private func isReadable() throws -> Bool {
        var isQuiet = false
        while true {
            guard idle(isQuiet) == .goOn else {
                (isStopped, isAtEnd) = (true, true)
                return false
            }
            var entries = [descriptor, alarm].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&entries, 2, isQuiet ? Self.quietMilliseconds : Self.quietMilliseconds / 10)
            if ready > 0, entries[0].revents != 0 { return true }
            if ready == 0 { isQuiet = true }
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) throws {
        guard let copy else { return }
        var rest = bytes
        while !rest.isEmpty {
            let written = write(copy, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                self.copy = nil
                throw CaptureError(.system, "write the copy of \(name): \(Errno(rawValue: errno))")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
