package import Packets
package import Recordings
package import TCPSockets

/// A state, the side that is to be in it, and the way there.
package struct Situation: Sendable {
    package let state: TCPState
    package let side: Side
    /// Whether anybody dials.
    package var dials = true
    /// Who closes, one after the other.
    package var closers: [Side] = []
    /// The segments that may not arrive: those with these flags, from this side.
    package var held: (from: Side, flags: Segment.Flags)?

    /// Whether the handshake is not to end.
    package var isBeforeEstablished: Bool { [.listen, .synSent, .synReceived].contains(state) }

    /// All states of RFC 9293 section 3.3.2 but CLOSED, which is none.
    package static let all: [Situation] = [
        Situation(state: .listen, side: .server, dials: false),
        Situation(state: .synSent, side: .client, held: (.client, .syn)),
        Situation(state: .synReceived, side: .server, held: (.server, .syn)),
        Situation(state: .established, side: .client),
        Situation(state: .finWait1, side: .client, closers: [.client], held: (.client, .fin)),
        Situation(state: .finWait2, side: .client, closers: [.client]),
        Situation(state: .closeWait, side: .client, closers: [.server]),
        Situation(state: .closing, side: .client, closers: [.client, .server], held: (.client, .fin)),
        Situation(state: .lastAck, side: .client, closers: [.server, .client], held: (.client, .fin)),
        Situation(state: .timeWait, side: .client, closers: [.client, .server]),
    ]
}
