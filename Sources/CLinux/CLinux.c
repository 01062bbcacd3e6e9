// A signal handler may call only what is async-signal-safe (signal-safety(7)), which the Swift runtime does not
// promise to be; so it is written in C.
#include "CLinux.h"

#include <errno.h>
#include <unistd.h>

static volatile int signal_pipe = -1;
static volatile sig_atomic_t noted[NSIG];

static void note_signal(int number) {
    int saved = errno;
    noted[number] = 1;
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

int clinux_signal_has_come(int number) {
    // The thread that is to take it may not have done so yet.
    sigset_t pending;
    return noted[number] || (sigpending(&pending) == 0 && sigismember(&pending, number) == 1);
}

int clinux_stop_by(int number) {
    struct sigaction by_default = {0}, before;
    sigaction(number, 0, &before);
    if (before.sa_handler == SIG_IGN) return 0;
    by_default.sa_handler = SIG_DFL;
    sigaction(number, &by_default, 0);
    noted[SIGCONT] = 0;
    // Threads of libdispatch block it.
    sigset_t set, mask;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, &mask);
    raise(number);
    pthread_sigmask(SIG_SETMASK, &mask, 0);
    sigaction(number, &before, 0);
    // Another thread may be about to take it.
    for (int millisecond = 0; millisecond < 50 && !clinux_signal_has_come(SIGCONT); millisecond++) usleep(1000);
    return clinux_signal_has_come(SIGCONT);
}
