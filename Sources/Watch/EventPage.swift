/// One page of the kernel's ring buffer, as `trace_pipe_raw` gives it (kernel/trace/ring_buffer.c; include/linux/ring_buffer.h,
/// enum ring_buffer_type).
///
///     +-----------+--------+--------+------+--------+------+---
///     | timestamp | commit | header | data | header | data | …
///     +-----------+--------+--------+------+--------+------+---
///
/// The page has the time of its first event, and each header the time since the one before it. `commit` is how many bytes of events
/// there are, with a flag where events before this page were lost.
package enum EventPage {
    /// RB_MISSED_EVENTS; the bits of the length (COMMIT_MASK of libtraceevent).
    private static let missedEvents: UInt64 = 1 << 31
    private static let lengthMask: UInt64 = (1 << 27) - 1

    /// Hands over the events of a page: the time of each, in the clock of the trace, and its bytes.
    ///
    /// - Returns: Whether events that came before this page were lost.
    @discardableResult
    package static func forEach(
        in page: UnsafeRawBufferPointer, _ format: PageFormat, _ body: (UInt64, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard page.count > format.data else { return false }
        var time = page.loadUnaligned(fromByteOffset: format.timestamp.offset, as: UInt64.self)
        let commit =
            format.commit.size == 8
            ? page.loadUnaligned(fromByteOffset: format.commit.offset, as: UInt64.self)
            : UInt64(page.loadUnaligned(fromByteOffset: format.commit.offset, as: UInt32.self))
        let end = min(format.data + Int(commit & lengthMask), page.count)
        var position = format.data
        func word(_ offset: Int) -> UInt32 { page.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        while position + 4 <= end {
            let header = word(position)
            let type = header & (1 << UInt32(format.lengthBits) - 1)
            let delta = UInt64(header >> UInt32(format.lengthBits))
            position += 4
            var length = Int(type) * 4
            if type == 0 || type >= format.padding {
                guard position + 4 <= end else { break }
                let next = word(position)
                switch type {
                case format.timeExtend: time &+= UInt64(next) << UInt64(32 - format.lengthBits) &+ delta
                case format.timeStamp:
                    // The whole time but for its highest bits (TS_MSB: five).
                    time = time & (31 << 59) | UInt64(next) << UInt64(32 - format.lengthBits) | delta
                case format.padding:
                    // Without a time it is the rest of the page; with one, an event that was taken back.
                    guard delta > 0 else { return commit & missedEvents != 0 }
                    time &+= delta
                    position += Int(next)
                    continue
                default: break
                }
                position += 4
                if type != 0 { continue }
                length = max(0, Int(next) - 4)
            }
            time &+= delta
            guard position + length <= end else { break }
            body(time, UnsafeRawBufferPointer(rebasing: page[position..<position + length]))
            position += (length + 3) & ~3
        }
        return commit & missedEvents != 0
    }
}
