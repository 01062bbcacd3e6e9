internal import TCPSockets

// The eleven states of RFC 9293 (section 3.3.2).
extension Topic {
    static let states = [
        state(
            .listen, otherNames: ["listening"],
            "A server waits for connections on this port; it belongs to no single peer.",
            causes: [Cause("bind() and listen().", "server-restart")],
            remedies: [
                "Nothing, while the program is meant to run.",
                "Is its queue full (chat-lab doctor)? See why it does not call accept().",
                "To have the port: stop that program. SO_REUSEADDR does not pass over a listener (C4).",
            ]),
        state(
            .synSent, otherNames: ["syn_sent"], "connect() has sent SYN; no answer yet.",
            causes: [
                Cause("Every connect(), for one round trip.", "half-open"),
                Cause("Many at a time: the destination drops SYNs, or its queue of connections is full."),
            ],
            remedies: [
                "Wait; the kernel repeats the SYN (tcp_syn_retries), and then says ETIMEDOUT.",
                "close() gives it up at once.",
            ]),
        state(
            .synReceived, otherNames: ["syn-recv", "syn-rcvd"],
            "SYN has come and SYN, ACK has gone; the last ACK is missing.",
            causes: [
                Cause(
                    "Every connection that arrives, for one round trip; both sides of a simultaneous open.",
                    "simultaneous-open"),
                Cause("The peer vanishes or resets in the middle.", "half-open"),
                Cause("Very many at a time: a flood of SYNs, which net.ipv4.tcp_syncookies is for."),
            ],
            remedies: ["Wait: it passes in seconds.", "Leave net.ipv4.tcp_syncookies at 1."]),
        state(
            .established, otherNames: ["estab"],
            "Both sides may send. It has no time limit: a silent connection stays.",
            causes: [Cause("A finished handshake.", "implicit-active")],
            remedies: [
                "Nothing.",
                "To notice a peer that has vanished: messages of one's own, SO_KEEPALIVE or TCP_USER_TIMEOUT.",
            ]),
        state(
            .finWait1, otherNames: ["fin-wait1"], "This side has closed first; its FIN is not acknowledged yet.",
            causes: [
                Cause("close() or shutdown(SHUT_WR), for one round trip.", "explicit-half-close"),
                Cause("It lasts where data is still unsent, or the peer's window is closed.", "linger-expires"),
            ],
            remedies: [
                "Wait: the kernel repeats, and gives up an orphan by tcp_orphan_retries.",
                "See what the peer does not read.",
            ]),
        state(
            .finWait2, otherNames: ["fin-wait2"],
            "This side has closed and the peer knows; the peer has not closed yet.",
            causes: [
                Cause("The peer does not close: CLOSE-WAIT over there.", "fin-timeout", "leaked-sockets", "F9"),
                Cause("shutdown(SHUT_WR) and reading on, which is how it should be.", "explicit-half-close"),
            ],
            remedies: [
                "Wait: without a program it lasts net.ipv4.tcp_fin_timeout, 60 s by default.",
                "Correct the peer: it must close() when recv() returns 0.",
                "Lower net.ipv4.tcp_fin_timeout, which is for this state and not for TIME-WAIT.",
            ]),
        state(
            .closing, "Both sides have sent FIN at the same time; this side's is not acknowledged yet.",
            causes: [Cause("close() on both sides within one round trip.", "simultaneous-close", "F10")],
            remedies: ["Nothing: it passes into TIME-WAIT, on both sides."]),
        state(
            .timeWait,
            "The connection is over, and this side closed first; for 60 s the kernel keeps its addresses and ports.",
            causes: [
                Cause("close() before the peer's.", "explicit-active", "A5", "C6"),
                Cause("A program that just ends, or is killed: the kernel closes for it.", "explicit-abandon", "B3"),
                Cause("Both sides close at the same time: both have it.", "simultaneous-close"),
            ],
            remedies: [
                "Nothing: it costs a little memory and protects from old duplicates (old-duplicate) and a lost ACK (last-ack-lost).",
                "Clients: no port of one's own, so that each connection gets another one.",
                "Let the other side close first: close() after recv() has returned 0 (explicit-passive).",
                "Servers: SO_REUSEADDR before bind(), so that they start again at once (server-restart).",
                "Many short connections: keep them open; more addresses; a wider ip_local_port_range (chat-lab doctor).",
                "net.ipv4.tcp_tw_reuse = 1: clients take over their own after a second (tw-reuse).",
                "tcp_fin_timeout does nothing for it, tcp_tw_recycle is gone (kernel-settings).",
                "A reset, SO_LINGER {on, 0}, avoids it and may lose data (lost-exit); ss --kill ends it (sock-destroy).",
            ]),
        state(
            .closeWait, "The peer has closed, and the program here has not: only its close() ends this state.",
            causes: [
                Cause("The program does not read to the end, or forgets close(): a leak.", "leaked-sockets", "E6"),
                Cause("In passing, in every connection that the peer closes first.", "explicit-passive"),
            ],
            remedies: [
                "See which program, and for how long: chat-lab doctor.",
                "Correct it: close() when recv() returns 0.",
                "Restart it: its end closes all of its sockets.",
                "As root: ss --kill state close-wait. No kernel setting ends it.",
            ]),
        state(
            .lastAck, otherNames: ["last_ack"],
            "Both sides have closed, the peer first; the ACK of this side's FIN is missing.",
            causes: [
                Cause("close() after the peer's, for one round trip.", "explicit-passive"),
                Cause("The peer's last ACK is lost: the FIN is sent again.", "last-ack-lost", "A12", "C7"),
            ],
            remedies: ["Wait: the kernel repeats the FIN, and gives up by tcp_orphan_retries."]),
        state(
            .closed, otherNames: ["close", "bound", "unconn"],
            "No connection. In the kernel's table: a socket that is bound and nothing else.",
            causes: [
                Cause("bind() without listen() or connect().", "two-on-one-port"),
                Cause("After a RST nothing is left at all.", "explicit-reset", "B2"),
            ],
            remedies: [
                "Nothing. A bound socket holds its port: see whose it is by chat-lab explain CLOSED --port N.",
                "Stop that program, or take another port.",
            ]),
    ]

    private static func state(
        _ state: TCPState, otherNames: [String] = [], _ meaning: String, causes: [Cause], remedies: [String]
    ) -> Topic {
        Topic(.state, state.description, otherNames: otherNames, meaning, causes: causes, remedies: remedies)
    }
}
