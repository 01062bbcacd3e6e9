internal import CLinux
internal import Glibc

/// A descriptor to wait for, and what to wait for.
public struct Awaited: Sendable {
    let descriptor: CInt
    let events: Int16

    /// Something to read, or the end of it.
    public static func input(_ descriptor: CInt) -> Awaited {
        Awaited(descriptor: descriptor, events: Int16(POLLIN))
    }

    /// Room for writing.
    public static func output(_ descriptor: CInt) -> Awaited {
        Awaited(descriptor: descriptor, events: Int16(POLLOUT))
    }

    /// Either.
    public static func inputOrOutput(_ descriptor: CInt) -> Awaited {
        Awaited(descriptor: descriptor, events: Int16(POLLIN | POLLOUT))
    }

    /// The peer's FIN or RST, whatever is unread before it.
    public static func peerClosed(_ descriptor: CInt) -> Awaited {
        Awaited(descriptor: descriptor, events: clinux_pollrdhup())
    }

    /// Nothing: a place that stays empty this time.
    public static let nothing = Awaited(descriptor: -1, events: 0)
}

/// Waits until one of a few descriptors is ready.
///
/// The corresponding C function is `poll`, and as with poll() an error or a hang-up makes a descriptor ready,
/// whatever it is awaited for. A signal without a descriptor of its own does not end the wait.
///
/// - Parameters:
///   - awaited: The descriptors, each with what it is awaited for.
///   - deadline: When to give up; nil for never.
/// - Returns: The positions of those that are ready; empty when the time is over.
public func wait(
    for awaited: [Awaited], until deadline: ContinuousClock.Instant? = nil
) throws(SocketError) -> Set<Int> {
    var entries = awaited.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
    while true {
        let milliseconds = deadline.map { ($0 - .now).milliseconds(roundedUp: true) } ?? -1
        do {
            try systemCall(.poll, on: -1, isTraced: false) {
                Int(poll(&entries, nfds_t(entries.count), CInt(clamping: milliseconds)))
            }
        } catch {
            if error.errno != .interrupted { throw error }
            continue
        }
        let ready = Set(entries.indices.filter { entries[$0].revents != 0 })
        if !ready.isEmpty || deadline.map({ $0 <= .now }) == true { return ready }
    }
}

extension Duration {
    /// Whole milliseconds, never negative. Rounded up, a wait of this length does not end too early.
    public func milliseconds(roundedUp: Bool) -> Int {
        let (seconds, attoseconds) = components
        let (whole, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
        return max(0, Int(seconds) * 1000 + Int(whole) + (roundedUp && rest > 0 ? 1 : 0))
    }

    /// The duration in seconds.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
