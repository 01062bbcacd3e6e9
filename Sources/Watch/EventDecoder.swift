import TCPSockets

/// Reads the bytes of the three events, by the formats of the running kernel.
package struct EventDecoder: Sendable {
    /// Where the ends of a connection stand in an event.
    private enum Ends: Sendable {
        /// Two ports, a family, and the addresses for each family.
        case fields(sport: Int, dport: Int, family: Int?, v4: (Int, Int), v6: (Int, Int))
        /// Two C socket addresses (sockaddr_in or sockaddr_in6).
        case socketAddresses(Int, Int)

        init?(_ format: EventFormat) {
            guard let source = format["saddr"], let destination = format["daddr"] else { return nil }
            if source.size > 16 {
                self = .socketAddresses(source.offset, destination.offset)
                return
            }
            guard let sport = format["sport"], let dport = format["dport"], let source6 = format["saddr_v6"],
                let destination6 = format["daddr_v6"]
            else { return nil }
            self = .fields(
                sport: sport.offset, dport: dport.offset, family: format["family"]?.offset,
                v4: (source.offset, destination.offset), v6: (source6.offset, destination6.offset))
        }
    }

    private struct Reset: Sendable {
        let id: UInt16
        let socket: Int
        let ends: Ends
        let reason: Int?

        init?(_ format: EventFormat) {
            guard let socket = format["skaddr"]?.offset, let ends = Ends(format) else { return nil }
            (id, self.socket, self.ends) = (format.id, socket, ends)
            reason = format["reason"]?.offset
        }
    }

    private let transition: (id: UInt16, socket: Int, from: Int, to: Int, protocolNumber: EventFormat.Field)
    private let transitionEnds: Ends
    private let sent, received: Reset
    private let type, flags, thread: Int
    private let lengths: [UInt16: Int]
    /// The kernel's words for the reasons of a RST, by their numbers.
    package let reasons: [Int: String]

    /// - Returns: nil where one of the formats lacks what is needed.
    package init?(transition: EventFormat, resetSent: EventFormat, resetReceived: EventFormat) {
        guard let type = transition["common_type"], let flags = transition["common_flags"],
            let thread = transition["common_pid"], let socket = transition["skaddr"],
            let from = transition["oldstate"], let to = transition["newstate"],
            let protocolNumber = transition["protocol"], let ends = Ends(transition),
            let sent = Reset(resetSent), let received = Reset(resetReceived)
        else { return nil }
        (self.type, self.flags, self.thread) = (type.offset, flags.offset, thread.offset)
        self.transition = (transition.id, socket.offset, from.offset, to.offset, protocolNumber)
        transitionEnds = ends
        (self.sent, self.received) = (sent, received)
        reasons = resetSent.words(of: "reason")
        let formats = [transition, resetSent, resetReceived]
        lengths = Dictionary(formats.map { ($0.id, $0.length) }) { first, _ in first }
    }

    /// TRACE_FLAG_HARDIRQ, TRACE_FLAG_SOFTIRQ, TRACE_FLAG_NMI and TRACE_FLAG_BH_OFF (include/linux/trace_events.h): with any of
    /// them the thread need not know of the event.
    private static let notACall: UInt8 = 0x08 | 0x10 | 0x40 | 0x80

    /// - Returns: nil for an event of another kind, of another protocol, or that is too short.
    package func event(at time: UInt64, _ bytes: UnsafeRawBufferPointer) -> KernelEvent? {
        guard bytes.count >= 8 else { return nil }
        let id = bytes.loadUnaligned(fromByteOffset: type, as: UInt16.self)
        guard bytes.count >= length(of: id) else { return nil }
        switch id {
        case transition.id:
            let number = transition.protocolNumber
            let isTCP =
                number.size == 1
                ? bytes[number.offset] == 6
                : bytes.loadUnaligned(fromByteOffset: number.offset, as: UInt16.self) == 6
            guard isTCP else { return nil }
            let kind = KernelEvent.Kind.transition(
                from: state(bytes, transition.from), to: state(bytes, transition.to))
            return event(kind, time, bytes, transition.socket, transitionEnds)
        case sent.id:
            let reason = sent.reason.map { Int(bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self)) } ?? -1
            return event(.resetSent(reason: reason), time, bytes, sent.socket, sent.ends)
        case received.id: return event(.resetReceived, time, bytes, received.socket, received.ends)
        default: return nil
        }
    }

    private func length(of id: UInt16) -> Int { lengths[id] ?? .max }

    private func state(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> TCPState? {
        TCPState(kernelNumber: UInt8(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }

    private func event(
        _ kind: KernelEvent.Kind, _ time: UInt64, _ bytes: UnsafeRawBufferPointer, _ socket: Int, _ ends: Ends
    ) -> KernelEvent? {
        guard let (local, remote) = endpoints(bytes, ends) else { return nil }
        return KernelEvent(
            kind, at: time, socket: bytes.loadUnaligned(fromByteOffset: socket, as: UInt64.self),
            thread: bytes.loadUnaligned(fromByteOffset: thread, as: Int32.self),
            isCall: bytes[flags] & Self.notACall == 0, local: local, remote: remote)
    }

    private func endpoints(_ bytes: UnsafeRawBufferPointer, _ ends: Ends) -> (Endpoint, Endpoint)? {
        switch ends {
        case .fields(let sport, let dport, let family, let v4, let v6):
            let ports = (
                bytes.loadUnaligned(fromByteOffset: sport, as: UInt16.self),
                bytes.loadUnaligned(fromByteOffset: dport, as: UInt16.self)
            )
            let isV4 =
                family.map { bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self) == 2 }
                ?? Self.isMapped(bytes, v6.1)
            func address(_ v4: Int, _ v6: Int) -> IPAddress { isV4 ? Self.v4(bytes, v4) : Self.v6(bytes, v6) }
            return (Endpoint(address(v4.0, v6.0), port: ports.0), Endpoint(address(v4.1, v6.1), port: ports.1))
        case .socketAddresses(let source, let destination):
            guard let source = Self.endpoint(bytes, source), let destination = Self.endpoint(bytes, destination) else {
                return nil
            }
            return (source, destination)
        }
    }

    /// sockaddr_in and sockaddr_in6: the family, the port, and from the fifth or the ninth byte on the address.
    private static func endpoint(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Endpoint? {
        let port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
        switch bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self) {
        case 2: return Endpoint(v4(bytes, offset + 4), port: port)
        case 10: return Endpoint(v6(bytes, offset + 8), port: port)
        default: return nil
        }
    }

    private static func v4(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> IPAddress {
        let bits = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return IPAddress(family: .v4, bits: UInt128(bits))
    }

    private static func v6(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> IPAddress {
        let bits = UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt128.self))
        return IPAddress(family: .v6, bits: bits).unmapped
    }

    private static func isMapped(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        v6(bytes, offset).family == .v4
    }
}
