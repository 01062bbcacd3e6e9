// These children run before exec, where only async-signal-safe functions may be called (fork(2), in a process of several
// threads); hence C.
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "Spawning.h"

void clinux_close_from(int first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    for (int descriptor = first; descriptor < limit; descriptor++) close(descriptor);
}

// A message is a process number: positive to take it into care, negative to let it go. write(2) of so few bytes is atomic.
static void tell(int guardian, int message) {
    ssize_t ignored;
    do ignored = write(guardian, &message, sizeof message); while (ignored < 0 && errno == EINTR);
}

static void pause_for_half_a_second(void) {
    struct timespec time = {.tv_nsec = 500000000};
    while (nanosleep(&time, &time) < 0 && errno == EINTR) {}
}

static pid_t guarded[CLINUX_GUARDED_GROUPS];

static void note(int message, int *count) {
    if (message > 0) {
        if (*count < CLINUX_GUARDED_GROUPS) guarded[(*count)++] = message;
        return;
    }
    for (int index = 0; index < *count; index++)
        if (guarded[index] == -message) guarded[index] = guarded[--*count];
}

// So that a list of processes shows what it is, and not a second server. This is where ps(1) looks (proc(5), cmdline).
static void rename_process(char *const arguments[]) {
    static const char name[] = "chat-guardian";
    prctl(PR_SET_NAME, name);
    size_t last = 0;
    while (arguments[last + 1]) last++;
    size_t size = (size_t)(arguments[last] + strlen(arguments[last]) + 1 - arguments[0]);
    memset(arguments[0], 0, size);
    memcpy(arguments[0], name, size < sizeof name ? size - 1 : sizeof name);
}

static _Noreturn void guard(int reports, char *const arguments[]) {
    // Not to be reached by the signals of a terminal or of a service manager that stops all at once.
    setsid();
    rename_process(arguments);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    dup2(reports, 0);
    clinux_close_from(1);
    // A folder that is to be unmounted is not kept.
    int ignored = chdir("/");
    (void)ignored;
    int count = 0, message;
    while (1) {
        ssize_t size = read(0, &message, sizeof message);
        if (size == sizeof message) note(message, &count);
        else if (!(size < 0 && errno == EINTR)) break;
    }
    if (count > 0) {
        for (int index = 0; index < count; index++) kill(-guarded[index], SIGTERM);
        pause_for_half_a_second();
        for (int index = 0; index < count; index++) kill(-guarded[index], SIGKILL);
    }
    _exit(0);
}

// It is nobody's child: the process that it guards has not to reap it.
static int fork_guardian(int reports, char *const arguments[]) {
    pid_t between = fork();
    if (between < 0) return errno;
    if (between == 0) {
        pid_t guardian = fork();
        if (guardian == 0) guard(reports, arguments);
        _exit(guardian < 0 ? errno : 0);
    }
    int status = 0;
    while (waitpid(between, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : EAGAIN;
}

int clinux_start_guardian(char *const arguments[]) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    int error = fork_guardian(ends[0], arguments);
    close(ends[0]);
    if (error == 0) return ends[1];
    close(ends[1]);
    errno = error;
    return -1;
}

static void restore_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, 0);
}

void clinux_block_signals(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

const char *clinux_become(const char *path, char *const arguments[], char *const environment[], int input, int output,
                          int error) {
    sigset_t none;
    sigemptyset(&none);
    restore_signals();
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0) return "dup2";
    clinux_close_from(3);
    sigprocmask(SIG_SETMASK, &none, 0);
    execve(path, arguments, environment);
    return "execve";
}

pid_t clinux_spawn_shell(const char *command, char *const environment[], int input, int output, int error, int guardian) {
    char *const arguments[] = {"sh", "-c", (char *)command, 0};
    sigset_t before;
    clinux_block_signals(&before);
    volatile int failure = 0;
    pid_t process = vfork();
    if (process == 0) {
        setsid();
        tell(guardian, getpid());
        clinux_become("/bin/sh", arguments, environment, input, output, error);
        failure = errno;
        _exit(127);
    }
    int reason = process < 0 ? errno : failure;
    if (process > 0 && failure) {
        clinux_unguard(guardian, process);
        while (waitpid(process, 0, 0) < 0 && errno == EINTR) {}
        process = -1;
    }
    pthread_sigmask(SIG_SETMASK, &before, 0);
    errno = reason;
    return process;
}

pid_t clinux_spawn_in_network(int network, const char *path, char *const arguments[], char *const environment[],
                              int input, int output, int error, const char **failed) {
    sigset_t before;
    clinux_block_signals(&before);
    volatile int failure = 0;
    *failed = "vfork";
    pid_t process = vfork();
    if (process == 0) {
        // The parent waits, and sees what is written here.
        if (setpgid(0, 0) < 0) *failed = "setpgid";
        else if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) *failed = "prctl(PR_SET_PDEATHSIG)";
        else if (setns(network, CLONE_NEWNET) < 0) *failed = "setns(CLONE_NEWNET)";
        else *failed = clinux_become(path, arguments, environment, input, output, error);
        failure = errno;
        _exit(127);
    }
    int reason = process < 0 ? errno : failure;
    if (process > 0 && failure) {
        while (waitpid(process, 0, 0) < 0 && errno == EINTR) {}
        process = -1;
    }
    pthread_sigmask(SIG_SETMASK, &before, 0);
    errno = reason;
    return process;
}

void clinux_guard(int guardian, pid_t process) { tell(guardian, process); }

void clinux_unguard(int guardian, pid_t process) { tell(guardian, -process); }

int clinux_has_ended(pid_t process) {
    siginfo_t state;
    memset(&state, 0, sizeof state);
    if (waitid(P_PID, (id_t)process, &state, WEXITED | WNOHANG | WNOWAIT) < 0) return errno == ECHILD;
    return state.si_pid == process;
}
