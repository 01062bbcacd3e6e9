#define _GNU_SOURCE
#include "CLinuxOutput.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_reopen_for_writing(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) < 0 || !(S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))) return -1;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

ssize_t clinux_write_at_once(int descriptor, const void *bytes, size_t count) {
    ssize_t written = send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written >= 0 || errno != ENOTSOCK) return written;
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return write(descriptor, bytes, count);
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
    written = pwritev2(descriptor, &vector, 1, -1, RWF_NOWAIT);
    if (written >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return written;
    struct pollfd entry = {.fd = descriptor, .events = POLLOUT};
    if (poll(&entry, 1, 0) <= 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(descriptor, bytes, count < PIPE_BUF ? count : PIPE_BUF);
}
