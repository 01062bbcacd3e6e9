// What was seen, as values: nothing here makes a recording, and nothing judges one. In reading order:
//
//   Side             the two hosts
//   FourTuple        the two ends of a connection; what both hosts' tables say of it
//   CapturedSegment  a segment on its way over the wire; everything that crossed
//   SocketCall       a call in a program's trace
//   ConversationEnd  how a conversation ended, by the server's trace
//   SocketCalls      what a row of them comes to
//   FinishedProgram  a program that has ended, and what it wrote
//   Recording        all of this on one clock, of one variant of an experiment
//   Cell, Matrix     everything that is varied, and all of its combinations; CellCommands as one would type them
//   CellRecording    what was recorded of a cell
//   Outcome          the words for what happened in a cell
//   RunFailure       what could not be carried out; LaboratoryError says why, MissingFeature what this kernel does not have
