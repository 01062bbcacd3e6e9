/// A sentence that somebody has written about TIME-WAIT, and that a kernel can confirm or refute.
package struct Claim: Sendable, Hashable {
    /// Such as `A1`; the letter names the source.
    package let id: String
    package let text: String

    /// How a claim is meant, and so what decides on it.
    package enum Sense: Sendable {
        /// It says that something is so: whatever is otherwise under ordinary circumstances is against it.
        case assertion
        /// It says what something is there for, or that something may be or can be done: one ordinary sighting is enough.
        case possibility
    }

    package var sense: Sense { Self.possibilities.contains(id) ? .possibility : .assertion }

    private static let possibilities: Set<String> = [
        "A12", "A14", "B12", "C5", "C10", "D4", "D5", "E7", "F5", "F11",
    ]

    /// Where it stands.
    package var source: String { Self.sources[String(id.prefix(1))] ?? "" }

    package static func named(_ id: String) -> Claim? {
        all.first { $0.id.lowercased() == id.lowercased() }
    }

    private init(_ id: String, _ text: String) {
        self.id = id
        self.text = text
    }

    private static let sources = [
        "A": "an article of 2010 (Windows XP; a one-question-one-answer chat whose client binds a fixed port)",
        "B": "the article's follow-up, with four remedies",
        "C": "notes on Linux, by another author",
        "D": "a note on unread data (Linux 2.6.18 and Windows XP)",
        "E": "a note on how to skip TIME-WAIT",
        "F": "what none of them knew, and a reader today should",
    ]

    /// All claims, in the order of their sources.
    package static let all: [Claim] = [
        Claim(
            "A1",
            "After `exit`, a client on a fixed port that reconnects at once fails, although the server is listening again and both programs ended normally."
        ),
        Claim("A2", "It is connect() that fails; bind() to the same port succeeds."),
        Claim("A3", "After some tens of seconds it works again with nothing else done."),
        Claim(
            "A4",
            "Meanwhile the client's host shows the connection in TIME-WAIT and the server's host shows only the listener."
        ),
        Claim("A5", "Whichever side closes first is the side that gets TIME-WAIT."),
        Claim(
            "A6",
            "Only a timeout leads out of TIME-WAIT, except that a RST ends it too (RFC 1337, which advises ignoring a RST in that state)."
        ),
        Claim(
            "A7",
            "If the server closes at once on `exit` and the client waits a few milliseconds before closing, an immediate reconnect works."
        ),
        Claim(
            "A8",
            "After A7 the server is the one in TIME-WAIT and yet accepts the same client's SYN (RFC 1122 4.2.2.13)."),
        Claim(
            "A9",
            "A server host in that TIME-WAIT that itself connected out from that port to that client port would fail as the client did."
        ),
        Claim("A10", "With an implicit port the trouble disappears: each connection gets another port."),
        Claim(
            "A11", "bind() only notes the port in the socket; TCP is not consulted until connect(), which is why A2."),
        Claim(
            "A12",
            "TIME-WAIT is there to answer a retransmitted FIN when the last ACK is lost; without it the answer is a RST and the peer sees an error."
        ),
        Claim("A13", "Such an error would not disturb the applications, which have already finished."),
        Claim(
            "A14",
            "TIME-WAIT is there to keep an old connection's delayed duplicates out of a new connection with the same addresses and ports."
        ),
        Claim(
            "A15",
            "A14's accident is very unlikely, because each connection starts at a fresh random sequence number and the window is small beside the sequence space."
        ),
        Claim(
            "A16",
            "Whatever path leads into TIME-WAIT, by then this side's FIN is acknowledged and the peer's FIN has arrived."
        ),
        Claim("A17", "If the server process also ends on `exit`, both programs end cleanly."),
        Claim(
            "B1",
            "An implicit port solves it, at the price that the server cannot recognise a client by address and port."),
        Claim("B2", "A RST takes TCP from any state to CLOSED: a client that sends one has no TIME-WAIT."),
        Claim("B3", "A process that exits without closing its socket makes the system send a RST."),
        Claim("B4", "The RST ending takes one packet, against four for an orderly close."),
        Claim(
            "B5",
            "After a RST the server may hold only the first byte of `exit` and wait forever for the rest; data still on its way is lost."
        ),
        Claim(
            "B6",
            "Strict passive closing (server closes on `exit`; client reads until end of stream, then closes) is graceful, solves the port problem and keeps a fixed address and port usable."
        ),
        Claim(
            "B7",
            "With SO_LINGER on and 5 seconds, the capture shows the server's FIN first and the client's after it: the same effect as B6."
        ),
        Claim("B8", "With it the wait is left to the lower layer: close() returns at once."),
        Claim("B9", "With SO_LINGER on and 0 seconds, the client sends a RST: the same as B2."),
        Claim("B10", "SO_REUSEADDR on the client does not help: bind() succeeds anyway, connect() still fails."),
        Claim("B11", "SO_REUSEADDR lets two programs bind the same port."),
        Claim("B12", "A raw socket could send the RST."),
        Claim("C1", "If the client closes first, the server's port can be reused at once."),
        Claim("C2", "If the server closes first, restarting it fails with \"address in use\" for one to four minutes."),
        Claim("C3", "SO_REUSEADDR before bind() lets the server restart at once."),
        Claim(
            "C4",
            "SO_REUSEADDR helps only against TIME-WAIT: with a socket in any other state on the port, bind() still fails."
        ),
        Claim(
            "C5",
            "A server restarted with SO_REUSEADDR may receive stray data of the old connection, though hardly ever."),
        Claim("C6", "The active closer goes to TIME-WAIT, the passive closer to CLOSED."),
        Claim(
            "C7",
            "If the last ACK is lost the passive closer sends its FIN again; a side without state would answer with a RST, taken for an error."
        ),
        Claim("C8", "No new connection can be made from a socket in TIME-WAIT."),
        Claim("C9", "TIME-WAIT lasts twice the maximum segment lifetime, one to four minutes."),
        Claim("C10", "SO_LINGER can replace the orderly close by a RST and so avoid TIME-WAIT."),
        Claim("C11", "SO_REUSEADDR reuses the local address and port only; the five-tuple stays unique."),
        Claim(
            "D1",
            "close() with unread data in the receive queue sends a RST and leaves no TIME-WAIT: the connection is gone from every table."
        ),
        Claim("D2", "Without it, whichever side closes first holds TIME-WAIT and its port."),
        Claim("D3", "A busy client of short connections uses up its ports and can connect no more."),
        Claim(
            "D4", "The server can arrange D1 by sending filler after the last useful byte, with the client unchanged."),
        Claim(
            "D5",
            "The client can arrange D1 by reading the last packet with MSG_PEEK and leaving its last byte, given a length in the packet's header."
        ),
        Claim("D6", "(left open by its author) Does closing with unsent data in the send queue do the same?"),
        Claim("D7", "SO_REUSEADDR does not achieve it."),
        Claim("E1", "Rebinding a port in TIME-WAIT fails."),
        Claim("E2", "TIME-WAIT is mostly a client's state; a server gets it when it closes first or ends abnormally."),
        Claim("E3", "SO_REUSEADDR before bind() skips it."),
        Claim("E4", "SO_LINGER on with 30 seconds (the write-up calls it SO_DONTLINGER) skips it."),
        Claim("E5", "Avoiding TIME-WAIT by RST is usually a bad idea."),
        Claim("E6", "CLOSE-WAIT piles up when a side never closes after its peer has."),
        Claim(
            "E7",
            "Kernel settings can recycle TIME-WAIT quickly. (tcp_tw_reuse, tcp_tw_reuse_delay, tcp_tw_recycle, tcp_fin_timeout, tcp_max_tw_buckets, tcp_timestamps: which of them, for whom?)"
        ),
        Claim("F1", "tcp_tw_reuse: 0, 1, 2 (loopback only), for implicit and for explicit ports."),
        Claim("F2", "SO_REUSEADDR must be on the old and on the new socket."),
        Claim("F3", "bind(address, 0) pins a port per address; IP_BIND_ADDRESS_NO_PORT gives it back."),
        Claim("F4", "IP_LOCAL_PORT_RANGE narrows the range of one socket."),
        Claim("F5", "SOCK_DESTROY can remove a socket in TIME-WAIT."),
        Claim("F6", "connect(AF_UNSPEC) resets a connection."),
        Claim(
            "F7",
            "Half-close then drain loses nothing; close with unread data loses what was in flight. How many bytes, per strategy?"
        ),
        Claim(
            "F8",
            "SO_LINGER with a time blocks close() even on a non-blocking socket; what happens when the time runs out with data unsent?"
        ),
        Claim("F9", "tcp_fin_timeout governs orphaned FIN-WAIT-2, not TIME-WAIT."),
        Claim("F10", "Both sides closing at the same time pass through CLOSING and both hold TIME-WAIT."),
        Claim("F11", "An explicit client port equal to the server's port can connect to itself."),
        Claim(
            "F12",
            "With timestamps, PAWS refuses the old duplicate of A14; without them an in-window one is delivered as data."
        ),
        Claim("F13", "Everything above over IPv6 as over IPv4."),
    ]
}
