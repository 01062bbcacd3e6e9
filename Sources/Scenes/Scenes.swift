// What experiments are made of. In reading order:
//
//   Experiment       what an experiment is; Laboratory, what it is given
//   Scene            two hosts, a wire and a chat-server: where most take place
//   HeldSocket       a socket in the laboratory's own hands; SocketPair, both ends of a connection
//   Situation        a state, and the way there
//   CrossingSYNs     the rule that lets two SYNs cross
//   MissingFeatures  what this kernel does not have
