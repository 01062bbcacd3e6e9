// The protocol of the chat, version 1, as values: no sockets, no clocks, no files. The written form, for
// other languages, is protocol/README.md. In reading order:
//
//   Message        what the two sides say to each other
//   Challenge, Proof   how a client shows who it is
//   ErrorCode      why a server ends a conversation
//   Frame          the layout on the wire, and encoding
//   FrameDecoder   bytes in, messages out, however the bytes are split
//   WholeFrame     a frame where its bytes arrived
//   ProtocolError  what a peer did wrong
//   Ending         the five ends of a conversation
