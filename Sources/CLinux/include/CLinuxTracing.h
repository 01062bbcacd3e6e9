// The kernel's tracefs.
#ifndef CLINUX_TRACING_H
#define CLINUX_TRACING_H

#include <sys/types.h>

/// Mounts tracefs where nobody but the holder of the descriptor sees it: fsopen(2), fsconfig(2), fsmount(2), since Linux 5.2.
/// Returns a descriptor of its root, or -1 with errno: EPERM without CAP_SYS_ADMIN in the first user namespace, ENODEV where the
/// kernel has no tracefs.
int clinux_mount_tracefs(void);

/// Takes hold of a file or a folder, unless somebody else has it: flock(2) with LOCK_EX | LOCK_NB. The kernel lets go of it when the
/// descriptor is closed, however its process ends. Returns as flock(2) does.
int clinux_try_lock(int descriptor);

/// The number of this thread, as the kernel has it. The corresponding C function is `gettid`.
pid_t clinux_thread_number(void);

/// The numbers of these system calls on this processor.
int clinux_bind_number(void);
int clinux_connect_number(void);

#endif
