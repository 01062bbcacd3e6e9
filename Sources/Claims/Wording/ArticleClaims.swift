extension Claim {
    /// The claims of the article: a one-question-one-answer chat whose client binds a fixed port.
    static let article: [Claim] = [
        Claim(
            "A1",
            """
            After `exit`, a client on a fixed port that reconnects at once fails, although the server is \
            listening again and both programs ended normally.
            """,
            .yes("Yes: bind() fails for 60 seconds, while the client's host keeps TIME-WAIT.")),
        Claim(
            "A2",
            """
            When a client cannot reconnect from its fixed port, it is connect() that fails; bind() to the same \
            port succeeds.
            """,
            .no(
                "No: bind() fails; connect() does only with SO_REUSEADDR and without timestamps.",
                except: ["with SO_REUSEADDR on both sockets and without TCP timestamps"])),
        Claim(
            "A3",
            """
            A client that cannot reconnect from its fixed port can do so after some tens of seconds, with \
            nothing else done.
            """,
            .yes("Yes, after 60 seconds: as long as Linux keeps TIME-WAIT.")),
        Claim(
            "A4",
            """
            While a client cannot reconnect from its fixed port, its host shows the old connection in TIME-WAIT \
            and the server's host shows only the listener.
            """,
            .yes("Yes: TIME-WAIT on the client's host, only the listener on the server's.")),
        Claim(
            "A5", "Whichever side closes first is the side that gets TIME-WAIT.",
            .yes(
                "Yes, when both sides send a FIN; after a RST nobody has it, after crossing FINs both do.",
                except: [
                    "where the two FINs cross", "where the connection ends by RST",
                    "where the first to close waits in FIN-WAIT-2 for a FIN that does not come",
                ])),
        Claim(
            "A6",
            """
            Only a timeout leads out of TIME-WAIT, except that a RST ends it too (RFC 1337 advises ignoring one \
            there) and that a SYN may be accepted to open a new connection (RFC 1122).
            """,
            .yes(
                "Yes, by default; with tcp_rfc1337 = 1 a RST does not end it, and SOCK_DESTROY does.",
                except: [
                    "with tcp_rfc1337 = 1, for an injected RST",
                    "with tcp_rfc1337 = 1, for a RST provoked by an old duplicate",
                    "where somebody removes it by SOCK_DESTROY",
                ])),
        Claim(
            "A7",
            """
            If the server closes at once on `exit` and the client waits a few milliseconds before closing, an \
            immediate reconnect from the same port works.
            """,
            .yes("Yes: the server closes first then, and TIME-WAIT is on its side.")),
        Claim(
            "A8",
            """
            A server that closed first is in TIME-WAIT and yet accepts a new SYN from the same client and port \
            (RFC 1122 section 4.2.2.13).
            """,
            .yes(
                "Yes, if the SYN's timestamp is newer, or, without timestamps, its sequence number.",
                except: [
                    "for a SYN with an older sequence number and no timestamps",
                    "for a SYN with a newer sequence number and an older timestamp",
                ])),
        Claim(
            "A9",
            """
            A server's host in TIME-WAIT that itself connected from the server's port to the client's port would \
            fail as the client did.
            """,
            .yes(
                "Yes, unless it sets SO_REUSEADDR and TCP timestamps are on.",
                except: ["with SO_REUSEADDR and TCP timestamps"])),
        Claim(
            "A10",
            """
            With a port that the kernel chooses, the client can reconnect at once: each connection gets another \
            port.
            """,
            .yes("Yes, as long as there are free ephemeral ports: connect() takes another one.")),
        Claim(
            "A11",
            """
            bind() only notes the port in the socket; TCP is not consulted until connect(), which is why bind() \
            to a port in TIME-WAIT succeeds.
            """,
            .no("No: bind() itself looks for TIME-WAIT on the port, and fails with EADDRINUSE.")),
        Claim(
            "A12",
            """
            TIME-WAIT is there to answer a retransmitted FIN when the last ACK is lost; without it the answer is \
            a RST and the peer sees an error.
            """,
            .yes("Yes; but the peer's program sees the error only if it still holds its socket."), sense: .possibility),
        Claim(
            "A13", "A RST in answer to the last FIN would not disturb the applications, which have already finished.",
            .yes("Yes, if they have closed; a program that still holds its socket gets ECONNRESET.")),
        Claim(
            "A14",
            """
            TIME-WAIT is there to keep an old connection's delayed duplicates out of a new connection with the \
            same addresses and ports.
            """,
            .depends(
                "Without TCP timestamps, yes; with them, PAWS refuses old duplicates anyway.",
                fails: ["with TCP timestamps"], holdsElsewhere: ["without TCP timestamps"]), sense: .possibility),
        Claim(
            "A15",
            """
            It is very unlikely that an old duplicate is taken for new data, because each connection starts at a \
            fresh random sequence number and the window is small beside the sequence space.
            """,
            .depends(
                "The odds are that small with this chat's window; but the start follows a clock.",
                holds: ["as to the odds"], fails: ["as to the reason"])),
        Claim(
            "A16",
            """
            Whatever path leads into TIME-WAIT, by then this side's FIN is acknowledged and the peer's FIN has \
            arrived.
            """,
            .yes("Yes, on every path into TIME-WAIT that was seen.")),
        Claim(
            "A17", "If the server process also ends on `exit`, both programs end cleanly.",
            .yes("Yes: both end with exit status 0, and no RST is sent.")),
        Claim(
            "A18",
            """
            A host that accepts a SYN in TIME-WAIT starts the new connection at a sequence number larger than \
            the largest of the old one (RFC 1122 section 4.2.2.13, first condition).
            """,
            .yes("Yes: Linux starts 65,537 above the old connection's next sequence number.")),
        Claim(
            "A19",
            """
            A host that has accepted a SYN in TIME-WAIT returns to TIME-WAIT if that SYN turns out to be an old \
            duplicate (RFC 1122 section 4.2.2.13, second condition).
            """,
            .no("No: TIME-WAIT ends when the SYN is accepted, and does not come back.")),
        Claim(
            "A20",
            """
            Once a connection is established, all old duplicates of earlier connections with the same addresses \
            and ports have expired.
            """,
            .no("No: a port that is used again early can still get them; timestamps refuse them.")),
        Claim(
            "A21",
            """
            bind() cannot concern TCP, because it works on datagram sockets too: a UDP socket can be bound to a \
            port that is in TIME-WAIT in TCP.
            """,
            .no("No: UDP's bind() does succeed, but TCP's bind() has its own check for TIME-WAIT.")),
        Claim(
            "A22", "When an old segment and new data overlap, which of them survives is up to the implementation.",
            .untestable("Not testable here: both hosts run the same TCP, so there is nothing to compare.")),
    ]
}
