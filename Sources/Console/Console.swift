// What both programs share at the keyboard, on the terminal and towards the shell. In reading order:
//
//   LineEditor       lines from a person or from a pipe, and text above the line being typed
//   ReadlineEditor   the same by GNU Readline: the one file that knows it
//   PlainLineReader  the same by read(), for pipes and for builds without Readline
//   SingleKeys       keys instead of lines, and the terminal's size
//   LineHistory      where typed lines are kept
//   Foreground       the terminal is taken in the foreground only
//   Terminal         writing to it, or to whatever standard output is; OutputAtExit for what print() leaves behind
//   DescriptorLimit  how many descriptors the process may have
//   ExitStatus       the exit codes of sysexits
//   Version          what --version prints
