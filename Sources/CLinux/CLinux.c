// A signal handler may call only what is async-signal-safe (signal-safety(7)), which the Swift runtime does not
// promise to be; so it is written in C.
#include "CLinux.h"

#include <errno.h>
#include <unistd.h>

static volatile int signal_pipe = -1;

static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe holds more signals than anyone will wait for.
    ssize_t ignored = write(signal_pipe, &byte, 1);
    (void)ignored;
    errno = saved;
}

void clinux_note_signals_in(int descriptor) { signal_pipe = descriptor; }

int clinux_note_signal(int number) {
    struct sigaction action = {0};
    action.sa_handler = note_signal;
    sigfillset(&action.sa_mask);
    return sigaction(number, &action, 0);
}
