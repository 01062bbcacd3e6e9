// The kernel's own record of system calls (Documentation/trace/events.rst).
#ifndef CLINUX_TRACING_H
#define CLINUX_TRACING_H

#include <sys/types.h>

/// Opens tracefs, mounted somewhere or not: a folder for openat(2), or -1 with errno. It takes root.
int clinux_open_tracefs(void);

/// The number of this thread, as the kernel has it. The corresponding C function is `gettid`.
pid_t clinux_thread_number(void);

/// The numbers of these system calls on this processor.
int clinux_bind_number(void);
int clinux_connect_number(void);

#endif
