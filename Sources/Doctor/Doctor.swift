// The running machine's own sockets, and what errors, states and close strategies mean. It knows no laboratory: what it
// says that an experiment shows, it names by the experiment's name. In reading order:
//
//   NetworkSettings       the kernel's settings that bear on ports and on TIME-WAIT
//   Exposure              what a table of sockets comes to; DestinationPorts is one destination's ports
//   Checkup               that of this machine, with processes and counters
//   Advice                what to do about it; SettingsAdvice, about the settings
//   CheckupText, CheckupDocument   in words, and as JSON
// Explain/
//   Topic                 an error, a state or a strategy; Statement is a sentence with its source
//   PortView              who has a port
//   ExplainText           both as a person reads them
