// From segments, states and calls to what happened. Pure functions. In reading order:
//
//   SequenceSpace      the sequence numbers of a connection
//   SegmentText        a segment in words
//   CellOutcome        what happened in a cell: who closed first, how, and what that did to the port
//   StopMotionOutcome  what came of a conversation in stop-motion
