extension Claim {
    /// What the write-ups do not know, and a reader today should.
    static let later: [Claim] = [
        Claim(
            "F1",
            """
            tcp_tw_reuse lets connect() take over a TIME-WAIT of its own host: with 1 everywhere, with 2 between \
            loopback addresses, and for ports that the kernel chooses alone.
            """,
            .yes("Yes: 1 everywhere, 2 over loopback only; a fixed port gains nothing from it.")),
        Claim(
            "F2", "SO_REUSEADDR must be on the old and on the new socket.",
            .yes("Yes: with it on one of the two sockets only, bind() fails.")),
        Claim(
            "F3",
            """
            bind(address, 0) takes a port for all destinations of an address; IP_BIND_ADDRESS_NO_PORT gives it \
            back.
            """,
            .yes("Yes: with the option, connect() chooses the port and can share it.")),
        Claim(
            "F4", "IP_LOCAL_PORT_RANGE narrows the range of ephemeral ports for one socket.",
            .yes("Yes, inside the host's own range.")),
        Claim(
            "F5", "SOCK_DESTROY can remove a socket in TIME-WAIT.",
            .yes("Yes: the socket is gone at once, and its port is free."), sense: .possibility),
        Claim(
            "F6", "connect(AF_UNSPEC) resets a connection.",
            .yes("Yes: it sends a RST, and neither host keeps the connection.")),
        Claim(
            "F7", "Half-close and reading to the end loses nothing; close() with unread data loses what was in flight.",
            .yes("Yes: half-close lost no byte; one byte left unread cost all that was in flight.")),
        Claim(
            "F8", "SO_LINGER with a time blocks close() even on a non-blocking socket.",
            .yes("Yes: close() waits for the ACK, or until the time is over.")),
        Claim(
            "F9", "tcp_fin_timeout governs orphaned FIN-WAIT-2, not TIME-WAIT.",
            .yes("Yes: TIME-WAIT lasts 60 seconds, whatever the setting.")),
        Claim(
            "F10", "Both sides closing at the same time pass through CLOSING and both hold TIME-WAIT.",
            .yes("Yes: both hosts pass through CLOSING, and both keep TIME-WAIT.")),
        Claim(
            "F11", "A client whose fixed port is the server's port can connect to itself.",
            .yes("Yes, where nobody listens: both ends are then the same socket."), sense: .possibility),
        Claim(
            "F12",
            """
            With TCP timestamps, PAWS refuses an old duplicate; without them, one in the window is delivered as \
            data.
            """,
            .depends(
                "Yes; but without timestamps its acknowledgement number must fit as well.",
                holds: ["with TCP timestamps", "without TCP timestamps, with both its numbers acceptable"],
                fails: ["without TCP timestamps, with its sequence number alone in the window"])),
        Claim(
            "F13", "All these claims come out over IPv6 as over IPv4.",
            .yes("Yes: everything came out the same over IPv6 as over IPv4.")),
        Claim(
            "F14",
            """
            close(), or the end of the process, loses nothing that send() accepted, as long as no RST is sent on \
            purpose.
            """,
            .depends(
                "Only if the peer is silent: one byte from it after close() destroys the send queue.",
                holds: ["with a silent peer"], fails: ["with a peer that talks"])),
        Claim(
            "F15", "SO_LINGER with a time tells the program whether everything was acknowledged.",
            .no("No: close() returns 0 whether all was acknowledged, timed out or was destroyed.")),
        Claim(
            "F16", "A peer that still holds its socket in LAST-ACK learns of a RST that answers its last FIN.",
            .yes("Yes, after shutdown(): its next call fails with ECONNRESET.", except: ["where it has called close()"])
        ),
        Claim(
            "F17", "A new SYN that meets LAST-ACK fails.",
            .no("No: its ACK is answered with a RST, and the SYN that is sent again succeeds.")),
        Claim(
            "F18", "tcp_rfc1337 = 1 costs nothing.",
            .no("No: TIME-WAIT then refuses the retransmitted SYN too, and connect() hangs.")),
        Claim(
            "F19", "A RST that gets lost leaves the other side connected for ever.",
            .yes(
                "Yes, while it only waits; SO_KEEPALIVE ends that, TCP_USER_TIMEOUT alone does not.",
                except: ["with SO_KEEPALIVE", "where it sends something"])),
        Claim(
            "F20", "Passive closing moves TIME-WAIT to the server, where it sets no limit.",
            .no("No: above tcp_max_tw_buckets the server's host skips TIME-WAIT, with what it is for.")),
        Claim(
            "F21", "A tcp_fin_timeout above 60 lasts as long as it says.",
            .no("No: an orphan in FIN-WAIT-2 lasts twice what the setting exceeds 60 seconds by.")),
        Claim(
            "F22", "A negative TCP_LINGER2 makes close() in FIN-WAIT-2 send a RST.",
            .yes("Yes: close() sends a RST, and the host keeps nothing.")),
        Claim(
            "F23", "ip_autobind_reuse lets bind(address, 0) with SO_REUSEADDR take ports in TIME-WAIT.",
            .yes("Yes: with 1, bind() falls back to them when no other port is free.")),
        Claim(
            "F24", "Only a program's close() ends CLOSE-WAIT.",
            .no("No: a RST from the peer ends it too, and so does SO_KEEPALIVE if the peer is gone.")),
        Claim(
            "F25", "When the time of SO_LINGER runs out, the unsent data is discarded and a RST is sent.",
            .no("No: close() returns, and the kernel goes on sending in the background.")),
    ]
}
