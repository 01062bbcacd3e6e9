// From segments, states and calls to what happened. Pure functions. In reading order:
//
//   Story              what became of a connection: who closed first, how, and what that does to the ports
//   ConnectionHistory  the segments of a connection, one after the other
//   ConnectionStory    their story
//   ConnectionEnding   what else they tell of its end
//   SentBySide         what one side has sent
//   SequenceLine       sequence numbers without their wrapping
//   CellOutcome        what happened in a cell, by its story, its states and its counters
//   ServerSaw          how the server program saw the conversation end
//   StopMotionOutcome  what came of a conversation in stop-motion
//   SequenceSpace      the sequence numbers of a connection on the wire
//   SegmentText        a segment in words
//   Traffic/           the connections of somebody's traffic, told apart, counted by service and by host
