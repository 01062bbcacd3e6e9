// The load that every server is measured under: one thread, one epoll.
//
//     load persistent PORT CONNECTIONS SECONDS PAYLOAD    each connection asks again as soon as it is answered
//     load churn PORT CONNECTIONS SECONDS PAYLOAD ENDING  each conversation is one question on a connection of its own
//     load idle PORT CONNECTIONS                          one question each, then `ready` and silence until stdin ends
//
// ENDING: client-first (exit and FIN in one segment), server-first (exit, then read to the server's FIN) or
// reset (no exit, close() with SO_LINGER 0). The first two modes print one line of JSON. An operation is an answer,
// or in churn a whole conversation. Every answer is compared, byte for byte, with its question.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { QUESTION = 1, ANSWER = 2, EXIT = 3 };
enum { OVERHEAD = 5, LIMIT = 65536, EVENTS = 256, SOURCES = 64 };
enum ending { PERSISTENT, CLIENT_FIRST, SERVER_FIRST, RESET };
enum { END_OF_STREAM = 0, WRONG_ANSWER = 254, OTHER = 255, REASONS };    // beside the errno values

struct connection {
    int fd;
    uint32_t watched;           // the events epoll reports for it; 0: not registered
    uint32_t sent, received;    // of this question, of its answer
    bool leaving;               // exit is sent and the server's FIN awaited
    uint64_t started;
};

static const unsigned char leave[OVERHEAD] = { 0, 0, 0, 1, EXIT };
static unsigned char question[OVERHEAD + LIMIT], expected[OVERHEAD + LIMIT], scratch[OVERHEAD + LIMIT];
static size_t frame;
static enum ending ending;
static int port, poller;
static long operations, errors[REASONS];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

// Latencies in nanoseconds, in buckets less than 1.6 % wide: 64 to each power of two.
static long histogram[64 * 64];

static void record(uint64_t latency) {
    int shift = latency < 128 ? 0 : 57 - __builtin_clzll(latency);
    histogram[64 * shift + (int)(latency >> shift)]++;
}

static double percentile_in_microseconds(double fraction) {
    long left = (long)(fraction * (double)operations);
    for (int i = 0; i < 64 * 64; i++) {
        left -= histogram[i];
        if (left < 0) {
            int shift = i < 128 ? 0 : i / 64 - 1;
            return (double)((uint64_t)(i - 64 * shift) << shift) / 1000;
        }
    }
    return 0;
}

// The source addresses take turns, so that sockets in TIME-WAIT do not use up the ports of any one of them;
// the port is chosen in connect(), where only the pair of endpoints has to be free.
static int dial(int flags) {
    static unsigned turn;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), on = 1;
    if (fd < 0) fail("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in source = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + turn++ % SOURCES) };
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
    if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0) fail("bind");
    if (connect(fd, (struct sockaddr *)&server, sizeof server) == 0 || errno == EINPROGRESS) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static void watch(struct connection *c, uint32_t events) {
    if (events == c->watched) return;
    struct epoll_event e = { .events = events, .data.ptr = c };
    if (epoll_ctl(poller, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e) < 0) fail("epoll_ctl");
    c->watched = events;
}

static void end(struct connection *c) {
    close(c->fd);
    *c = (struct connection){ .fd = -1 };
}

static void lose(struct connection *c, int reason) {
    errors[reason < REASONS ? reason : OTHER]++;
    end(c);
}

static void complete(struct connection *c) {
    record(nanoseconds() - c->started);
    operations++;
}

// Sends what it can of the question, which on a new connection may be nothing yet.
static void ask(struct connection *c) {
    while (c->sent < frame) {
        ssize_t n = send(c->fd, question + c->sent, frame - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) return lose(c, errno);
        c->sent += n;
    }
    watch(c, c->sent < frame ? EPOLLOUT : EPOLLIN);
}

static void begin(struct connection *c) {
    *c = (struct connection){ .started = nanoseconds() };
    c->fd = dial(SOCK_NONBLOCK);
    if (c->fd < 0) lose(c, errno);
    else ask(c);
}

static void answered(struct connection *c) {
    struct linger reset = { .l_onoff = 1 };
    switch (ending) {
    case PERSISTENT:
        complete(c);
        c->sent = c->received = 0;
        c->started = nanoseconds();
        return ask(c);
    case SERVER_FIRST:
        c->leaving = true;
        if (send(c->fd, leave, sizeof leave, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) lose(c, errno);
        return;
    case CLIENT_FIRST:    // MSG_MORE holds exit back until close() adds the FIN: the server cannot be the first
        if (send(c->fd, leave, sizeof leave, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE) < 0) return lose(c, errno);
        break;
    case RESET:
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        break;
    }
    complete(c);
    end(c);
}

static void advance(struct connection *c) {
    if (c->sent < frame) return ask(c);
    ssize_t n = recv(c->fd, scratch, sizeof scratch, MSG_DONTWAIT);
    if (n < 0) {
        if (errno != EAGAIN) lose(c, errno);
    } else if (n == 0) {
        if (!c->leaving) return lose(c, END_OF_STREAM);
        complete(c);
        end(c);
    } else if (c->leaving || c->received + (size_t)n > frame || memcmp(scratch, expected + c->received, (size_t)n) != 0) {
        lose(c, WRONG_ANSWER);
    } else {
        c->received += n;
        if (c->received == frame) answered(c);
    }
}

static void report(const char *mode, double seconds) {
    printf("{\"mode\": \"%s\", \"operations\": %ld, \"errors\": {", mode, operations);
    const char *separator = "";
    for (int i = 0; i < REASONS; i++) {
        if (errors[i] == 0) continue;
        const char *name = i == END_OF_STREAM ? "end of stream" : i == WRONG_ANSWER ? "wrong answer" : strerrorname_np(i);
        printf("%s\"%s\": %ld", separator, name ? name : "other", errors[i]);
        separator = ", ";
    }
    printf("}, \"seconds\": %.4f, \"p50Microseconds\": %.2f, \"p99Microseconds\": %.2f}\n", seconds,
           percentile_in_microseconds(0.50), percentile_in_microseconds(0.99));
}

static void run(const char *mode, struct connection *all, int count, double seconds) {
    // Persistent connections are opened before the clock starts.
    for (int i = 0; i < count; i++) {
        all[i].fd = ending == PERSISTENT ? dial(0) : -1;
        if (ending == PERSISTENT && all[i].fd < 0) fail("connect");
    }
    uint64_t start = nanoseconds(), deadline = start + (uint64_t)(seconds * 1e9), now = start;
    int live = 0;
    for (int i = 0; i < count; i++) {
        all[i].started = nanoseconds();
        if (ending == PERSISTENT) ask(&all[i]);
        else begin(&all[i]);
        live += all[i].fd >= 0;
    }
    struct epoll_event events[EVENTS];
    while (live > 0 && (now = nanoseconds()) < deadline) {
        int ready = epoll_wait(poller, events, EVENTS, (int)((deadline - now) / 1000000) + 1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            advance(c);
            if (c->fd < 0 && ending != PERSISTENT) begin(c);
            live -= c->fd < 0;    // one that cannot even begin again is given up
        }
    }
    report(mode, (double)(now - start) / 1e9);
}

static void idle(int count) {
    struct timeval patience = { .tv_sec = 10 };
    for (int i = 0; i < count; i++) {
        int fd = dial(0);
        if (fd < 0) fail("connect");
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (send(fd, question, frame, MSG_NOSIGNAL) != (ssize_t)frame) fail("send");
        if (recv(fd, scratch, frame, MSG_WAITALL) != (ssize_t)frame || memcmp(scratch, expected, frame) != 0) fail("answer");
    }
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF) {}
}

static enum ending ending_named(const char *name) {
    if (strcmp(name, "client-first") == 0) return CLIENT_FIRST;
    if (strcmp(name, "server-first") == 0) return SERVER_FIRST;
    if (strcmp(name, "reset") == 0) return RESET;
    return PERSISTENT;
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    bool persistent = argc == 6 && strcmp(mode, "persistent") == 0;
    bool churn = argc == 7 && strcmp(mode, "churn") == 0, resting = argc == 4 && strcmp(mode, "idle") == 0;
    if (churn) ending = ending_named(argv[6]);
    int count = argc > 3 ? atoi(argv[3]) : 0, payload = argc > 5 ? atoi(argv[5]) : 32;
    bool known = persistent || resting || (churn && ending != PERSISTENT);
    if (!known || count < 1 || payload < 0 || payload >= LIMIT) {
        fprintf(stderr, "usage: load persistent PORT CONNECTIONS SECONDS PAYLOAD\n"
                        "       load churn PORT CONNECTIONS SECONDS PAYLOAD client-first|server-first|reset\n"
                        "       load idle PORT CONNECTIONS\n");
        return 64;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    uint32_t length = htonl((uint32_t)payload + 1);
    memcpy(question, &length, sizeof length);
    for (int i = 0; i < payload; i++) question[OVERHEAD + i] = (unsigned char)('a' + i % 26);
    frame = OVERHEAD + (size_t)payload;
    memcpy(expected, question, frame);
    question[OVERHEAD - 1] = QUESTION;
    expected[OVERHEAD - 1] = ANSWER;

    port = atoi(argv[2]);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (resting) {
        idle(count);
    } else {
        struct connection *all = calloc((size_t)count, sizeof *all);
        if (!all) fail("calloc");
        run(mode, all, count, atof(argv[4]));
        free(all);
    }
    return 0;
}
