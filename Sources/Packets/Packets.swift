// TCP segments as bytes: read from IP packets, and made. No input or output. In reading order:
//
//   SequenceNumber  a place in the stream of bytes, and how far it is from another
//   Segment         a TCP segment, read from its packet
//   SegmentOption   the options of its header
//   SegmentBuilder  makes one, with the packet that carries it
//   SegmentHeader   what a story needs of it
//   Headers/        captured packets, as anybody's bytes: from the link's header to TCP's, and no further
