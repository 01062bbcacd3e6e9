// What a new process does between its birth and its program: async-signal-safe.
#ifndef SPAWNING_H
#define SPAWNING_H

#include <signal.h>

/// Closes every descriptor from this one on.
void clinux_close_from(int first);

/// Blocks all signals in this thread: a child may borrow its memory, and no handler of ours may run in it.
void clinux_block_signals(sigset_t *before);

/// The rest of a child's way to its program: default signals, the three standard descriptors, nothing else open. Returns only
/// where it fails, with errno: the call that did.
const char *clinux_become(const char *path, char *const arguments[], char *const environment[], int input, int output,
                          int error);

#endif
