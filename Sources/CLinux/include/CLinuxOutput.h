// Writing to a descriptor that others share, without ever waiting.
#ifndef CLINUX_OUTPUT_H
#define CLINUX_OUTPUT_H

#include <sys/types.h>

/// What is returned where there is a descriptor of its own, which does not block: the one to use instead of a shared one.
///
/// O_NONBLOCK belongs to the open file description, which a shell or another process may share (open(2)): setting it would
/// change their writes too. So a pipe or a terminal is opened once more, through /proc/self/fd. Returns -1 where that
/// cannot be, or where there is no need: a regular file.
int clinux_reopen_for_writing(int descriptor);

/// Writes as much as goes at once, and returns as write(2) does: EAGAIN for nothing. A socket is sent to with MSG_DONTWAIT;
/// anything but a regular file is written with RWF_NOWAIT (pwritev2(2)), or where the kernel cannot do that, after poll(2),
/// and then no more than PIPE_BUF, for which there is room in a pipe that is ready (pipe(7)).
ssize_t clinux_write_at_once(int descriptor, const void *bytes, size_t count);

#endif
