#define _GNU_SOURCE
#include "CLinuxTracing.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the headers of the oldest supported system (asm-generic/unistd.h: the same numbers on every architecture;
// linux/mount.h).
enum { fsopen_number = 430, fsconfig_number = 431, fsmount_number = 432 };
enum { FSOPEN_CLOEXEC_FLAG = 1, FSCONFIG_CMD_CREATE_COMMAND = 6, FSMOUNT_CLOEXEC_FLAG = 1 };

int clinux_mount_tracefs(void) {
    int context = (int)syscall(fsopen_number, "tracefs", FSOPEN_CLOEXEC_FLAG);
    if (context < 0) return -1;
    int mount = -1;
    if (syscall(fsconfig_number, context, FSCONFIG_CMD_CREATE_COMMAND, NULL, NULL, 0) == 0)
        mount = (int)syscall(fsmount_number, context, FSMOUNT_CLOEXEC_FLAG, 0);
    int saved = errno;
    close(context);
    errno = saved;
    return mount;
}

int clinux_try_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

pid_t clinux_thread_number(void) { return (pid_t)syscall(SYS_gettid); }

int clinux_bind_number(void) { return SYS_bind; }

int clinux_connect_number(void) { return SYS_connect; }
