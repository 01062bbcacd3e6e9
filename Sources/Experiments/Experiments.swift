// One experiment a file; AllExperiments lists them.
//
//   Ends/         who closes first, both at once, nobody
//   Ports/        what may use a port meanwhile
//   Loss/         a segment that is lost, late or doubled, and what a close may lose
//   Resets/       what a RST ends
//   Durations/    how long a state, a close or a setting lasts
