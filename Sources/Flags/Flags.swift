// Flags that several programs have: what is typed behind them, within which bounds, and what is said of it otherwise. In reading
// order:
//
//   BoundedNumber    a number that has to lie within bounds
//   BoundedNumbers   Port, ListeningPort, Seconds, Milliseconds, LingerSeconds, FrameLimit
//   CloseTimeFlags   how long a close strategy may take
//   ColorFlag        whether the output is in colour
//   FrameLimitFlag   the largest frame
//   Requirement      flags that have to fit together
//   Words            what a flag names by a word or an address
