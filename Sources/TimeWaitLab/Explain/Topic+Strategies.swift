internal import TCPSockets

// The ten ways to close of `chat-client --close`.
extension Topic {
    static let strategies = CloseStrategy.allCases.map { strategy -> Topic in
        let (meaning, shownBy, remedies) = words(for: strategy)
        return Topic(
            .strategy, strategy.rawValue, meaning,
            causes: [
                Cause(
                    "Between two hosts, with the port fixed, and chosen by the kernel:",
                    "explicit-\(strategy.rawValue)",
                    "implicit-\(strategy.rawValue)")
            ] + shownBy,
            remedies: remedies)
    }

    private static func words(for strategy: CloseStrategy) -> (meaning: String, shownBy: [Cause], remedies: [String]) {
        switch strategy {
        case .active:
            (
                "close() at once. FIN goes out first: TIME-WAIT stays here, and the port with it for 60 s.",
                [Cause("The next client from the same port cannot bind().", "A1", "A5")],
                [
                    "Right for clients whose port the kernel chooses.", "With a fixed port take passive.",
                    "Nothing that was sent is lost; what the peer still sends is answered by RST.",
                ]
            )
        case .delay:
            (
                "A pause, then close(): a bet that the peer closes within it. If it does, TIME-WAIT is the peer's.",
                [Cause("It works while the peer is quick.", "A7")],
                ["Better passive: it waits for the peer's FIN itself, and not for a time."]
            )
        case .passive:
            (
                "recv() until the peer's FIN, then close(). TIME-WAIT is the peer's; nothing is lost.",
                [Cause("The same fixed port can be used again at once.", "B6")],
                [
                    "The best where the peer is known to close.",
                    "Bound the wait: a peer may never close (--close-timeout).",
                ]
            )
        case .halfClose:
            (
                "shutdown(SHUT_WR), recv() until the peer's FIN, close(). One knows that the peer has read everything; TIME-WAIT "
                    + "stays here.",
                [Cause("Nothing is lost.", "last-message", "F7")],
                ["The best where data matters more than the port.", "Bound the wait (--close-timeout)."]
            )
        case .linger:
            (
                "SO_LINGER {on, seconds}, close(): it waits until all is acknowledged or the time is over. FIN goes out first: "
                    + "TIME-WAIT stays here.",
                [
                    Cause(
                        "close() blocks, on a non-blocking socket too.", "linger-waits", "linger-expires", "B8", "F8"),
                    Cause("Thirty seconds do not skip TIME-WAIT.", "linger-30", "E4"),
                ],
                ["It does not tell whether the peer has read: half-close does.", "Not in an event loop: it blocks."]
            )
        case .dontLinger:
            (
                "SO_LINGER {off}, close(): the default once more, so as active. Winsock calls the option SO_DONTLINGER.",
                [],
                ["Leave it out: it changes nothing."]
            )
        case .reset:
            (
                "SO_LINGER {on, 0}, close(): RST instead of FIN. No TIME-WAIT on either side; what is unsent, or on its way, is lost; "
                    + "the peer gets ECONNRESET.",
                [Cause("The last message is lost.", "lost-exit", "E5"), Cause("Nothing is left.", "B9", "C10")],
                ["First try passive.", "For ending connections that are worthless: an attacker's, or after an error."]
            )
        case .unread:
            (
                "close() with a byte unread in the receive queue: RST instead of FIN, as reset, only by a side effect.",
                [Cause("No TIME-WAIT.", "D1", "D5"), Cause("The server can arrange it by filler.", "filler", "D4")],
                ["First try passive.", "If it must be a reset, say so: SO_LINGER {on, 0}."]
            )
        case .abandon:
            (
                "The process ends and the kernel closes for it: as active, a FIN and no RST.",
                [Cause("It is no reset.", "B3", "server-killed")],
                [
                    "Call close(), so that the order of things is in the program.",
                    "With unread data the kernel sends RST here too.",
                ]
            )
        case .disconnect:
            (
                "connect(AF_UNSPEC), close(): the kernel sends RST and keeps nothing, as reset.",
                [Cause("It resets an ESTABLISHED connection.", "disconnection", "F6")],
                ["First try passive.", "If it must be a reset, say so: SO_LINGER {on, 0}."]
            )
        }
    }
}
