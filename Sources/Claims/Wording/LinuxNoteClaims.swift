extension Claim {
    /// The claims of the notes on Linux.
    static let linuxNotes: [Claim] = [
        Claim(
            "C1", "If the client closes first, the server's port can be reused at once.",
            .yes("Yes: nothing of the connection is left on the server's host.")),
        Claim(
            "C2", "If the server closes first, restarting it fails with \"address in use\" for one to four minutes.",
            .yes("Yes: bind() fails for 60 seconds, unless both servers set SO_REUSEADDR.")),
        Claim(
            "C3", "SO_REUSEADDR before bind() lets a server that closed first restart at once.",
            .yes("Yes, if the old server had set it too.", except: ["where the old server lacked it"])),
        Claim(
            "C4",
            """
            SO_REUSEADDR helps only against TIME-WAIT: with a socket in any other state on the port, bind() \
            still fails.
            """,
            .no("No: it also helps against connections that are open or half closed, not a listener.")),
        Claim(
            "C5",
            """
            A server restarted with SO_REUSEADDR may receive stray data of the old connection, though hardly \
            ever.
            """,
            .depends(
                "Only without TCP timestamps, and only for a segment whose numbers fit.",
                fails: ["with TCP timestamps"], holdsElsewhere: ["without TCP timestamps"]), sense: .possibility),
        Claim(
            "C6", "The active closer goes to TIME-WAIT, the passive closer to CLOSED.",
            .yes(
                "Yes, when both sides send a FIN; after a RST nobody has it, after crossing FINs both do.",
                except: [
                    "where the two FINs cross", "where the connection ends by RST",
                    "where the first to close waits in FIN-WAIT-2 for a FIN that does not come",
                ])),
        Claim(
            "C7",
            """
            If the last ACK is lost the passive closer sends its FIN again; a side without state would answer \
            with a RST, taken for an error.
            """,
            .yes("Yes: TIME-WAIT answers the second FIN with an ACK; a host without it sends a RST.")),
        Claim(
            "C8", "No new connection can be made from a port in TIME-WAIT.",
            .yes(
                "Yes, without SO_REUSEADDR; with it on both sockets and timestamps on, it can.",
                except: ["with SO_REUSEADDR on both sockets"])),
        Claim(
            "C9", "TIME-WAIT lasts twice the maximum segment lifetime, one to four minutes.",
            .yes("Yes: 60 seconds, a constant of Linux.")),
        Claim(
            "C10", "SO_LINGER can replace the orderly close by a RST and so avoid TIME-WAIT.",
            .yes("Yes, with a time of 0; what was not yet delivered is lost."), sense: .possibility),
        Claim(
            "C11", "SO_REUSEADDR reuses the local address and port only; the five-tuple stays unique.",
            .yes("Yes: from one port, a second connection works to another server, not to the same.")),
        Claim(
            "C12", "All four segments of the close must arrive; none may be lost.",
            .no("No: any of the four may be lost once; TCP sends it again, and the close completes.")),
        Claim(
            "C13", "TCP guarantees that all data is delivered, and TIME-WAIT is what makes it so.",
            .no("No: data that send() accepted can be lost, and TIME-WAIT does not prevent that.")),
    ]
}
