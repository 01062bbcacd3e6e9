// The kernel's tracefs.
#ifndef CLINUX_TRACING_H
#define CLINUX_TRACING_H

/// Mounts tracefs where nobody but the holder of the descriptor sees it: fsopen(2), fsconfig(2), fsmount(2), since Linux 5.2.
/// Returns a descriptor of its root, or -1 with errno: EPERM without CAP_SYS_ADMIN in the first user namespace, ENODEV where the
/// kernel has no tracefs.
int clinux_mount_tracefs(void);

/// Takes hold of a file or a folder, unless somebody else has it: flock(2) with LOCK_EX | LOCK_NB. The kernel lets go of it when the
/// descriptor is closed, however its process ends. Returns as flock(2) does.
int clinux_try_lock(int descriptor);

#endif
