// Starting a process that does not outlive the one that started it.
#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include <sys/types.h>

/// How many process groups a guardian can look after.
enum { CLINUX_GUARDED_GROUPS = 4096 };

/// Starts the guardian: a process that waits for the end of this one, however that comes, and then ends every process
/// group that was put into its care: with SIGTERM, and half a second later with SIGKILL.
///
/// `arguments` are those of main(): the guardian puts its own name there. Returns the descriptor by which it is told of
/// groups, or -1 with errno. It is closed on exec; when the last copy is closed, the guardian does its duty and ends.
int clinux_start_guardian(char *const arguments[]);

/// Starts `/bin/sh -c command` in a session of its own, with signals as a new program expects them, nothing open but its three
/// standard descriptors, and in the care of a guardian.
///
/// The child itself tells the guardian before it runs anything: so there is no moment at which this process could be killed
/// and leave it behind. Returns its process number, or -1 with errno.
pid_t clinux_spawn_shell(const char *command, char *const environment[], int input, int output, int error, int guardian);

/// Starts a program in a network namespace (setns(2)), in a process group of its own, with signals as a new program expects
/// them and nothing open but its three standard descriptors. The kernel ends it when the thread that calls this ends
/// (PR_SET_PDEATHSIG).
///
/// Returns its process number, or -1 with errno, and the name of the call that failed.
pid_t clinux_spawn_in_network(int network, const char *path, char *const arguments[], char *const environment[],
                              int input, int output, int error, const char **failed);

/// Tells the guardian of a group that runs already.
void clinux_guard(int guardian, pid_t process);

/// Tells the guardian that a group needs it no more: to be called as soon as nothing is left of it, before its number can be
/// given to another.
void clinux_unguard(int guardian, pid_t process);

/// Whether a child has ended, which leaves it to be reaped: waitid(2) with WEXITED | WNOHANG | WNOWAIT.
int clinux_has_ended(pid_t process);

#endif
