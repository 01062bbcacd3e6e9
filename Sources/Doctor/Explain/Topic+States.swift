import TCPSockets

// The eleven states of RFC 9293 (section 3.3.2).
extension Topic {
    static let states = [
        state(
            .listen, otherNames: ["listening"],
            "A server waits for connections on this port; it belongs to no single peer.",
            causes: [Statement("bind() and listen().", "server-restart")],
            remedies: [
                "Nothing, while the program is meant to run.",
                "Is its queue full (chat-lab doctor)? See why it does not call accept().",
                Statement(
                    "To have the port: stop that program. SO_REUSEADDR does not pass over a listener.",
                    "server-restart", "C4"),
            ]),
        state(
            .synSent, otherNames: ["syn_sent"], "connect() has sent SYN; no answer yet.",
            causes: [
                Statement("Every connect(), for one round trip.", "half-open"),
                Statement("Many at a time: the destination drops SYNs, or its queue of connections is full."),
            ],
            remedies: [
                Statement(
                    "Wait; the kernel repeats the SYN (tcp_syn_retries), and then says ETIMEDOUT.",
                    source: "tcp(7), connect(2)"),
                "close() gives it up at once.",
            ]),
        state(
            .synReceived, otherNames: ["syn-recv", "syn-rcvd"],
            "SYN has come and SYN, ACK has gone; the last ACK is missing.",
            causes: [
                Statement(
                    "Every connection that arrives, for one round trip; both sides of a simultaneous open.",
                    "simultaneous-open"),
                Statement("The peer vanishes or resets in the middle.", "half-open"),
                Statement(
                    "Very many at a time: a flood of SYNs, which net.ipv4.tcp_syncookies is for.", source: "tcp(7)"),
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
                    "To notice a peer that has vanished: messages of one's own, SO_KEEPALIVE or TCP_USER_TIMEOUT.",
                    source: "socket(7), tcp(7)"),
            ]),
        state(
            .finWait1, otherNames: ["fin-wait1"], "This side has closed first; its FIN is not acknowledged yet.",
            causes: [
                Statement("close() or shutdown(SHUT_WR), for one round trip.", "explicit-half-close"),
                Statement(
                    "It lasts where data is still unsent, or the peer's window is closed: minutes, as long as it answers probes.",
                    "linger-expires"),
            ],
            remedies: [
                Statement("Wait: the kernel repeats, and gives up an orphan by tcp_orphan_retries.", source: "tcp(7)"),
                "See what the peer does not read.",
            ]),
        state(
            .finWait2, otherNames: ["fin-wait2"],
            "This side has closed and the peer knows; the peer has not closed yet.",
            causes: [
                Statement("The peer does not close: CLOSE-WAIT over there.", "fin-timeout", "leaked-sockets", "F9"),
                Statement("shutdown(SHUT_WR) and reading on, which is how it should be.", "explicit-half-close"),
            ],
            remedies: [
                Statement(
                    "Wait: without a program it lasts net.ipv4.tcp_fin_timeout, 60 s by default.", "fin-timeout", "F9",
                    source: "tcp(7)"),
                Statement(
                    "A tcp_fin_timeout above 60 lasts twice what it exceeds 60 by: 20 s for 70.",
                    source: "net/ipv4/tcp_timer.c, tcp_keepalive_timer"),
                Statement("Correct the peer: it must close() when recv() returns 0.", "leaked-sockets"),
                Statement(
                    "Lower net.ipv4.tcp_fin_timeout, which is for this state and not for TIME-WAIT.", "fin-timeout",
                    "kernel-settings", "E7"),
            ]),
        state(
            .closing, "Both sides have sent FIN at the same time; this side's is not acknowledged yet.",
            causes: [Statement("close() on both sides within one round trip.", "simultaneous-close", "F10")],
            remedies: [Statement("Nothing: it passes into TIME-WAIT, on both sides.", "simultaneous-close", "F10")]),
        state(
            .timeWait,
            Statement(
                "The connection is over, and this side closed first; for 60 s the kernel keeps its addresses and ports.",
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
                "Fewer connections: keep them open and use them again.",
                Statement(
                    "Servers: SO_REUSEADDR before bind(), from the first release on, to start again at once.",
                    "server-restart", "C3"),
                Statement(
                    "Clients: no port of one's own, so that each connection gets another one.", "implicit-active", "A10"
                ),
                Statement(
                    "Many short connections: more addresses, or a wider ip_local_port_range (chat-lab doctor says how many that allows).",
                    "automatic-ports", source: "ip(7)"),
                Statement("net.ipv4.tcp_tw_reuse = 1: clients take over their own after a second.", "tw-reuse", "F1"),
                Statement(
                    "Let the other side close first: close() after recv() has returned 0. TIME-WAIT is there then.",
                    "explicit-passive", "B6"),
                Statement("tcp_fin_timeout does nothing for it, tcp_tw_recycle is gone.", "kernel-settings", "E7"),
                Statement(
                    "Last: a reset, SO_LINGER {on, 0}, avoids it and loses all that is not yet delivered.", "lost-exit",
                    "sock-destroy"),
            ]),
        state(
            .closeWait,
            Statement(
                "The peer has closed, and the program here has not. It stays until the program's close(), a RST from the peer, or, "
                    + "with SO_KEEPALIVE, until nobody answers its probes.",
                "leaked-sockets", "reset-in-each-state", "E6", source: "RFC 9293, 3.3.2, socket(7)"),
            causes: [
                Statement("The program does not read to the end, or forgets close(): a leak.", "leaked-sockets", "E6"),
                Statement("In passing, in every connection that the peer closes first.", "explicit-passive"),
            ],
            remedies: [
                "See which program, and for how long: chat-lab doctor.",
                "Correct it: close() when recv() returns 0.",
                Statement("Restart it: its end closes all of its sockets.", "explicit-abandon", "B3"),
                Statement(
                    "As root, with a filter, lest it hit others: ss --kill state close-wait '( sport = :7000 )'.",
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
                    "Wait: the kernel repeats the FIN, and gives up by tcp_orphan_retries. No time is set for that.",
                    "last-ack-lost",
                    source: "tcp(7)")
            ]),
        state(
            .closed, otherNames: ["close", "bound", "unconn"],
            Statement(
                "No connection. In the kernel's table: a socket that is bound and nothing else.", "two-on-one-port",
                source: "RFC 9293, 3.3.2"),
            causes: [
                Statement("bind() without listen() or connect().", "two-on-one-port"),
                Statement("After a RST nothing is left at all.", "explicit-reset", "B2"),
            ],
            remedies: [
                "Nothing. A bound socket holds its port: see whose it is by chat-lab explain CLOSED --port N.",
                "Stop that program, or take another port.",
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
