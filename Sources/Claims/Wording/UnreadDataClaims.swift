extension Claim {
    /// The claims of the note on unread data.
    static let unreadData: [Claim] = [
        Claim(
            "D1",
            """
            close() with unread data in the receive queue sends a RST and leaves no TIME-WAIT: the connection is \
            gone from every table.
            """,
            .yes("Yes: a RST, and neither host keeps anything of the connection.")),
        Claim(
            "D2", "Without unread data, whichever side closes first holds TIME-WAIT and its port.",
            .yes(
                "Yes, when both sides send a FIN; after a RST nobody has it, after crossing FINs both do.",
                except: [
                    "where the two FINs cross", "where the connection ends by RST",
                    "where the first to close waits in FIN-WAIT-2 for a FIN that does not come",
                ])),
        Claim(
            "D3", "A busy client of short connections uses up its ports and can connect no more.",
            .yes(
                "Yes, if it closes first, with FIN; tcp_tw_reuse = 1 frees a port after a second.",
                except: [
                    "where the server closes first", "where the client ends the connection by RST",
                    "with tcp_tw_reuse = 1",
                ])),
        Claim(
            "D4",
            """
            The server can make the client's close() send a RST by sending filler after the last useful byte, \
            with the client unchanged.
            """,
            .depends(
                "Yes, if the filler comes after the client's last recv(); otherwise it is read along.",
                holds: ["when the filler comes after the client's last recv()"],
                fails: ["when the client's recv() takes the filler along with the answer"]), sense: .possibility),
        Claim(
            "D5",
            """
            The client can make its own close() send a RST by reading the last packet with MSG_PEEK and leaving \
            its last byte, given a length in the packet's header.
            """,
            .yes("Yes: one byte left in the receive queue is enough."), sense: .possibility),
        Claim(
            "D6", "close() with unsent data in the send queue sends a RST and leaves no TIME-WAIT.",
            .depends(
                "Only if the peer still sends: then a RST, and the queue is lost; otherwise a FIN.",
                holds: ["with a peer that talks"], fails: ["with a silent peer"])),
        Claim(
            "D7",
            """
            SO_REUSEADDR does not lift the restriction that a busy client cannot connect again while its ports \
            are in TIME-WAIT.
            """,
            .yes(
                "Yes, with ephemeral ports; on a fixed port it does lift it, if timestamps are on.",
                except: ["with a fixed port, with TCP timestamps", "with ip_autobind_reuse = 1"])),
    ]
}
