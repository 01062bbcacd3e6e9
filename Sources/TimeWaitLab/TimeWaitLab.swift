// The laboratory: two hosts, a wire in its own hands, and what they say about sixty-seven claims. In reading order:
//
// Hosts/
//   Host, World           a network namespace with a TUN device; two of them and the wire between
//   Counters              what a host's kernel counts
//   Requirements          what it takes, and what to do where it is missing
// Wire/
//   Segment               a TCP segment, read from its packet; SegmentBuilder makes one
//   Wire                  carries each packet across, and looks at both hosts before and after
//   Rule                  what an experiment wants done with which segments
//   Passage               a segment's way over the wire, as it is recorded; Pcap writes it down
// Programs/
//   Program               a program that runs on a host; SocketCall is a line of its trace
//   Chat                  chat-server and chat-client, and how they are called
// Matrix/
//   Cell, Matrix          everything that is varied, and all of its combinations
//   CellRun, MatrixRun    one cell, and all of them side by side
//   Outcome               what happened in a cell, computed from its recording
// Experiments/
//   Experiment, Scene     what an experiment is, and where most take place
//   the others            one experiment a file
// Claims/
//   Claim                 what people have written
//   Finding, Verdict      an observation for or against it; what they come to together
//   MatrixFindings…       what the cells say
//   StateDiagram, Remedy  which steps of RFC 9293 figure 5 were seen; what to do
// Runs/, Reports/         what was asked for, and every format in which it is told
// StopMotion/             a conversation whose segments a hand lets go, one after the other
// Doctor/, Explain/       the running machine's own sockets; what an error, a state or a strategy means
