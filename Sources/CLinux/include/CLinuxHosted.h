// A shell command on a host of the laboratory, with nothing of it left behind.
#ifndef CLINUX_HOSTED_H
#define CLINUX_HOSTED_H

#include <sys/types.h>

/// What a hosted command tells, in this order, in one write(2) each.
enum {
    /// The shell runs.
    CLINUX_HOSTED_STARTED,
    /// It could not be started: an errno, and the call.
    CLINUX_HOSTED_FAILED,
    /// The shell has ended: a status of waitpid(2). What it has started may go on.
    CLINUX_HOSTED_ENDED,
};

struct clinux_hosted_report {
    int kind;
    int value;
    char call[32];
};

/// Runs `/bin/sh -c command` in a network namespace, with a PID namespace and a mount namespace of its own: `hosts` is its
/// `/etc/hosts`, and `/proc` shows only what it has started, where a proc filesystem may be mounted.
///
/// The process returned is the first one of that PID namespace. It reaps whatever the command leaves to it, a daemon too, and
/// ends with the last of them; on SIGTERM it passes that on to all. When it is killed, the kernel kills everything in there,
/// however often it has forked (pid_namespaces(7)); and it is killed with the thread that calls this (PR_SET_PDEATHSIG).
///
/// Returns its process number, or -1 with errno. `reports` is the writing end of a pipe for its reports.
pid_t clinux_spawn_hosted(int network, const char *hosts, const char *command, char *const environment[], int input,
                          int output, int error, int reports);

#endif
