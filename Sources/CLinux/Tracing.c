#define _GNU_SOURCE
#include "CLinuxTracing.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

// <sys/mount.h> has them since glibc 2.36; the numbers of these calls are the same everywhere (Linux 5.2).
enum { FSOPEN = 430, FSCONFIG = 431, FSMOUNT = 432, CLOSE_ON_EXEC = 1, CONFIG_CREATE = 6 };

int clinux_open_tracefs(void) {
    int context = (int)syscall(FSOPEN, "tracefs", CLOSE_ON_EXEC);
    if (context < 0) return -1;
    int folder = -1;
    if (syscall(FSCONFIG, context, CONFIG_CREATE, 0, 0, 0) == 0)
        folder = (int)syscall(FSMOUNT, context, CLOSE_ON_EXEC, 0);
    int number = errno;
    close(context);
    errno = number;
    return folder;
}

pid_t clinux_thread_number(void) { return (pid_t)syscall(SYS_gettid); }

int clinux_bind_number(void) { return SYS_bind; }

int clinux_connect_number(void) { return SYS_connect; }
