// Two programs of anybody's on the laboratory's two hosts: who closes first, how, and what does that do to the port? In
// reading order:
//
//   TrialPlan          what to run, and where
//   Trial              runs it: the server until it listens, the client to its end, and once more if need be
//   Listeners          when a server is ready, and on which port
//   ConnectionOwners   which program opened a connection
//   TrialResult        what was seen
//   TrialConnection    one connection of it, with its story
//   ResetAttribution   what the kernel's counters tell of resets
//   TrialComplaint     why there is none
//   TrialText          the result for a person
//   TrialFolder        the result as files
