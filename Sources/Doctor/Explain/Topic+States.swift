import TCPSockets

// The eleven states of RFC 9293 (section 3.3.2).
extension Topic {
    static let states = [
        state(
            .listen, otherNames: ["listening"],
            "A server waits for connections on this port, from any peer.",
            causes: [Statement("bind() and listen().", "server-restart")],
            remedies: [
                "Nothing, if the program is meant to run.",
                "Is its queue full (chat-lab doctor)? See why it does not call accept().",
                Statement(
                    "To free the port: stop that program. SO_REUSEADDR does not help against a listener.",
                    "server-restart", "C4"),
            ]),
        state(
            .synSent, otherNames: ["syn_sent"], "connect() has sent a SYN; no answer yet.",
            causes: [
                Statement("Every connect(), for one round trip.", "half-open"),
                Statement("Many at a time: the destination drops SYNs, or its listener's queue is full."),
            ],
            remedies: [
                Statement(
                    "Wait: the kernel repeats the SYN (tcp_syn_retries), then connect() fails with ETIMEDOUT.",
                    source: "tcp(7), connect(2)"),
                "close() ends it at once.",
            ]),
        state(
            .synReceived, otherNames: ["syn-recv", "syn-rcvd"],
            "The SYN came, the SYN, ACK was sent; the last ACK is missing.",
            causes: [
                Statement(
                    "Every connection that arrives, for one round trip; both sides of a simultaneous open.",
                    "simultaneous-open"),
                Statement("The peer vanishes or resets during the handshake.", "half-open"),
                Statement(
                    "Very many at a time: a SYN flood, which net.ipv4.tcp_syncookies is for.", source: "tcp(7)"),
            ],
            remedies: [
                "Wait: it passes in seconds.",
                Statement("Leave net.ipv4.tcp_syncookies at 1.", source: "Documentation/networking/ip-sysctl.rst"),
            ]),
        state(
            .established, otherNames: ["estab"],
            Statement(
                "Both sides may send. It has no time limit: a silent connection stays.",
                source: "RFC 9293, 3.3.2 and 3.8.4"),
            causes: [Statement("A finished handshake.", "implicit-active")],
            remedies: [
                "Nothing.",
                Statement(
                    "To notice a peer that has vanished: heartbeats, SO_KEEPALIVE or TCP_USER_TIMEOUT.",
                    source: "socket(7), tcp(7)"),
            ]),
        state(
            .finWait1, otherNames: ["fin-wait1"], "This side closed first; its FIN is not acknowledged yet.",
            causes: [
                Statement("close() or shutdown(SHUT_WR), for one round trip.", "explicit-half-close"),
                Statement(
                    "It lasts while data is unsent or the peer's window is closed: for minutes, if the peer answers "
                        + "probes.",
                    "linger-expires"),
            ],
            remedies: [
                Statement(
                    "Wait: the kernel repeats the FIN, and gives up an orphan after "
                        + "tcp_orphan_retries.", source: "tcp(7)"),
                "See why the peer does not read.",
            ]),
        state(
            .finWait2, otherNames: ["fin-wait2"],
            "This side closed and the peer knows; the peer has not closed yet.",
            causes: [
                Statement("The peer does not close: it is in CLOSE-WAIT.", "fin-timeout", "leaked-sockets", "F9"),
                Statement("shutdown(SHUT_WR), then reading on: this is normal.", "explicit-half-close"),
            ],
            remedies: [
                Statement(
                    "Wait: without a program it lasts net.ipv4.tcp_fin_timeout, 60 s by default.", "fin-timeout", "F9",
                    source: "tcp(7)"),
                Statement(
                    "With tcp_fin_timeout above 60, it lasts twice the excess: 20 s for 70.",
                    source: "net/ipv4/tcp_timer.c, tcp_keepalive_timer"),
                Statement("Fix the peer: it must close() when recv() returns 0.", "leaked-sockets"),
                Statement(
                    "Lower net.ipv4.tcp_fin_timeout: it is for this state, not for TIME-WAIT.", "fin-timeout",
                    "kernel-settings", "E7"),
            ]),
        state(
            .closing, "Both sides sent FIN at the same time; this side's is not acknowledged yet.",
            causes: [Statement("close() on both sides within one round trip.", "simultaneous-close", "F10")],
            remedies: [Statement("Nothing: it becomes TIME-WAIT, on both sides.", "simultaneous-close", "F10")]),
        state(
            .timeWait,
            Statement(
                "The connection is over; this side closed first. For 60 s the kernel keeps its addresses and ports.",
                "explicit-active", "A3", "A5", source: "RFC 9293, 3.3.2"),
            causes: [
                Statement("close() before the peer's.", "explicit-active", "A5", "C6"),
                Statement(
                    "A program that just ends, or is killed: the kernel closes for it.", "explicit-abandon", "B3"),
                Statement("Both sides close at the same time: both have it.", "simultaneous-close"),
            ],
            remedies: [
                Statement(
                    "Nothing: it protects from old duplicates and from a lost ACK.", "old-duplicate", "last-ack-lost"),
                "Fewer connections: keep them open and reuse them.",
                Statement(
                    "Servers: SO_REUSEADDR before bind(), from the first release on, to restart at once.",
                    "server-restart", "C3"),
                Statement(
                    "Clients: no fixed port, so each connection gets another one.", "implicit-active", "A10"
                ),
                Statement(
                    "Many short connections: more addresses, or a wider ip_local_port_range (chat-lab doctor says "
                        + "how many that allows).",
                    "automatic-ports", source: "ip(7)"),
                Statement("net.ipv4.tcp_tw_reuse = 1: clients reuse such a port after a second.", "tw-reuse", "F1"),
                Statement(
                    "Let the other side close first: close() after recv() returns 0. The peer then holds TIME-WAIT.",
                    "explicit-passive", "B6"),
                Statement("tcp_fin_timeout does not change it, and tcp_tw_recycle is gone.", "kernel-settings", "E7"),
                Statement(
                    "Last resort: a reset, SO_LINGER {on, 0}, avoids it and loses undelivered data.", "lost-exit",
                    "sock-destroy"),
            ]),
        state(
            .closeWait,
            Statement(
                "The peer closed, the program here did not. It stays until the program closes, the peer sends RST, "
                    + "or SO_KEEPALIVE probes get no answer.",
                "leaked-sockets", "reset-in-each-state", "E6", source: "RFC 9293, 3.3.2, socket(7)"),
            causes: [
                Statement("The program does not read to the end, or forgets close(): a leak.", "leaked-sockets", "E6"),
                Statement("Briefly, in every connection that the peer closes first.", "explicit-passive"),
            ],
            remedies: [
                "See which program, and for how long: chat-lab doctor.",
                "Fix it: close() when recv() returns 0.",
                Statement("Restart it: that closes all its sockets.", "explicit-abandon", "B3"),
                Statement(
                    "As root, with a filter to spare the others: ss --kill state close-wait '( sport = :7000 )'.",
                    source: "ss(8)"),
            ]),
        state(
            .lastAck, otherNames: ["last_ack"],
            "Both sides have closed, the peer first; the ACK of this side's FIN is missing.",
            causes: [
                Statement("close() after the peer's, for one round trip.", "explicit-passive"),
                Statement("The peer's last ACK is lost: the FIN is sent again.", "last-ack-lost", "A12", "C7"),
            ],
            remedies: [
                Statement(
                    "Wait: the kernel repeats the FIN, and gives up after tcp_orphan_retries, at no fixed time.",
                    "last-ack-lost",
                    source: "tcp(7)")
            ]),
        state(
            .closed, otherNames: ["close", "bound", "unconn"],
            Statement(
                "No connection. In the kernel's table: a socket that is only bound.", "two-on-one-port",
                source: "RFC 9293, 3.3.2"),
            causes: [
                Statement("bind() without listen() or connect().", "two-on-one-port"),
                Statement("After a RST nothing is left at all.", "explicit-reset", "B2"),
            ],
            remedies: [
                "Nothing. A bound socket holds its port: chat-lab explain CLOSED --port N says whose it is.",
                "Stop that program, or use another port.",
            ]),
    ]

    private static func state(
        _ state: TCPState, otherNames: [String] = [], _ meaning: Statement, causes: [Statement], remedies: [Statement]
    ) -> Topic {
        let meaning =
            meaning.isGeneralKnowledge ? Statement(meaning.text, source: "RFC 9293, 3.3.2") : meaning
        return Topic(.state, state.description, otherNames: otherNames, meaning, causes: causes, remedies: remedies)
    }
}
