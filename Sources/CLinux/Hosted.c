// These processes are copies of one that has threads, so only async-signal-safe functions may be called in them (fork(2)); and
// they are made by clone(2) itself, for glibc's fork() takes locks that a thread may have held. Hence C.
#define _GNU_SOURCE
#include "CLinuxHosted.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Spawning.h"

// Where the first process of the namespace keeps the pipe.
enum { REPORTS = 3 };

static void report(int kind, int value, const char *call) {
    struct clinux_hosted_report report = {.kind = kind, .value = value};
    strncpy(report.call, call, sizeof report.call - 1);
    ssize_t ignored;
    do ignored = write(REPORTS, &report, sizeof report); while (ignored < 0 && errno == EINTR);
}

static int write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return -1;
    size_t size = strlen(text);
    ssize_t written = write(file, text, size);
    close(file);
    return written == (ssize_t)size ? 0 : -1;
}

// A file of its own in the place of /etc/hosts, on a filesystem that nobody else sees: mounted on /tmp for the moment.
static const char *replace_hosts(const char *hosts) {
    if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0) < 0) return "mount / MS_PRIVATE";
    if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") < 0) return "mount tmpfs";
    if (write_file("/tmp/hosts", hosts) < 0) return "write hosts";
    if (mount("/tmp/hosts", "/etc/hosts", 0, MS_BIND, 0) < 0) return "mount /etc/hosts";
    return umount2("/tmp", MNT_DETACH) < 0 ? "umount tmpfs" : 0;
}

// Returns only where it fails: the call that did.
static const char *settle_in(int network, const char *hosts, int input, int output, int error, int reports) {
    // Before its number may be taken.
    if (setns(network, CLONE_NEWNET) < 0) return "setns";
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0 || dup2(reports, REPORTS) < 0) return "dup2";
    // Not to be reached by the signals of the terminal, and without one that a program could ask for a password.
    if (setsid() < 0) return "setsid";
    const char *failed = replace_hosts(hosts);
    if (failed) return failed;
    // A container may not allow it; then /proc shows other processes, which hardly any program minds.
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
    return 0;
}

static _Noreturn void be_first(const char *command, char *const environment[]) {
    char *const arguments[] = {"sh", "-c", (char *)command, 0};
    pid_t shell = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (shell == 0) {
        clinux_become("/bin/sh", arguments, environment, 0, 1, 2);
        _exit(127);
    }
    if (shell < 0) {
        report(CLINUX_HOSTED_FAILED, errno, "clone");
        _exit(1);
    }
    // Its streams end with the last program that has them.
    for (int stream = 0; stream < 3; stream++) close(stream);
    report(CLINUX_HOSTED_STARTED, 0, "");
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    while (1) {
        int status;
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
            if (ended == shell) report(CLINUX_HOSTED_ENDED, status, "");
        if (ended < 0 && errno == ECHILD) _exit(0);
        if (sigwaitinfo(&awaited, 0) == SIGTERM) kill(-1, SIGTERM);
    }
}

pid_t clinux_spawn_hosted(int network, const char *hosts, const char *command, char *const environment[], int input,
                          int output, int error, int reports) {
    sigset_t before;
    // They stay blocked in the first process, which takes them one by one.
    clinux_block_signals(&before);
    pid_t process = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, "chat-lab-host");
        const char *failed = settle_in(network, hosts, input, output, error, reports);
        int number = errno;
        clinux_close_from(REPORTS + 1);
        fcntl(REPORTS, F_SETFD, FD_CLOEXEC);
        if (!failed) be_first(command, environment);
        report(CLINUX_HOSTED_FAILED, number, failed);
        _exit(1);
    }
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, 0);
    errno = number;
    return process;
}
