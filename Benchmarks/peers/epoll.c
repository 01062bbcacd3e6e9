// The reference that every other server is measured against: one thread, one epoll, no library.
//
//     epoll PORT          listens on 127.0.0.1 (port 0: any free one) and says where
//
// It speaks the chat protocol as far as an echo needs it: length (u32 BE, of what follows it, 1 ... 65536), kind, body.
// A question (1) comes back as an answer (2), exit (3) closes at once, and so does anything malformed.
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
#include <unistd.h>

enum { QUESTION = 1, ANSWER = 2 };
enum { HEADER = 4, LIMIT = 65536, EVENTS = 256, LONGEST_BURST = 64 };

struct bytes {
    unsigned char *start;
    uint32_t count;
};

// What a conversation keeps between two events. An idle one owns no buffer.
struct connection {
    int fd;
    uint32_t watched;    // the events epoll reports for it; 0: not registered
    struct bytes in;     // the beginning of an incomplete frame
    struct bytes out;    // answers that the socket did not take yet
    uint32_t sent;       // how much of `out` it has taken since
    bool leaving;        // close as soon as `out` is sent
};

static int poller;

// Shared by all connections: every read lands here, behind what the connection had kept, and an answer is
// made in place, since an echo has the length of its question. An incomplete frame is shorter than
// HEADER + LIMIT, so at least LIMIT bytes of room remain for a read.
static unsigned char scratch[HEADER + LIMIT + LIMIT];

static void fail(const char *call) {
    perror(call);
    exit(1);
}

static void keep(struct bytes *kept, const unsigned char *start, size_t count) {
    if (count == 0) {
        free(kept->start);
        kept->start = NULL;
    } else {
        if (count > kept->count && !(kept->start = realloc(kept->start, count))) fail("realloc");
        memcpy(kept->start, start, count);
    }
    kept->count = count;
}

// Sends at once what the socket takes. Returns the number of bytes taken, or -1 when the connection is lost.
static ssize_t send_now(int fd, const unsigned char *start, size_t count) {
    for (;;) {
        ssize_t n = send(fd, start, count, MSG_NOSIGNAL);
        if (n >= 0) return n;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -1;
    }
}

// Turns the complete questions at the start of scratch into answers, and returns where they end.
// Sets `over` at an exit, an unknown kind or an impossible length.
static size_t answer(size_t end, bool *over) {
    size_t at = 0;
    while (end - at >= HEADER) {
        uint32_t length;
        memcpy(&length, scratch + at, HEADER);
        length = ntohl(length);
        *over = length == 0 || length > LIMIT;
        if (*over || end - at < HEADER + length) break;
        *over = scratch[at + HEADER] != QUESTION;
        if (*over) break;
        scratch[at + HEADER] = ANSWER;
        at += HEADER + length;
    }
    return at;
}

// Reads and answers. Returns false when the conversation is over.
static bool converse(struct connection *c, bool closed_by_peer) {
    for (;;) {
        size_t kept = c->in.count, room = sizeof scratch - kept;
        if (kept > 0) memcpy(scratch, c->in.start, kept);
        ssize_t n = recv(c->fd, scratch + kept, room, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 && errno == EAGAIN;

        size_t end = kept + (size_t)n;
        bool over = false;
        size_t answered = answer(end, &over);
        keep(&c->in, scratch + answered, over ? 0 : end - answered);
        if (answered > 0) {
            ssize_t taken = send_now(c->fd, scratch, answered);
            if (taken < 0) return false;
            if ((size_t)taken < answered) {
                // No more is read until the peer has taken these: it cannot make this server hoard answers.
                keep(&c->out, scratch + taken, answered - (size_t)taken);
                c->leaving = over;
                return true;
            }
        }
        if (over) return false;
        // Edge-triggered: whatever comes after a read that left room is a new event. Only a FIN that epoll has
        // already reported is not reported again, so that is read for.
        if ((size_t)n < room && !closed_by_peer) return true;
    }
}

// Sends what is left over. Returns false when the conversation is over.
static bool flush(struct connection *c) {
    ssize_t taken = send_now(c->fd, c->out.start + c->sent, c->out.count - c->sent);
    if (taken < 0) return false;
    c->sent += taken;
    if (c->sent < c->out.count) return true;
    keep(&c->out, NULL, 0);
    c->sent = 0;
    return !c->leaving;
}

static void serve(struct connection *c, uint32_t events) {
    bool alive = c->out.count == 0 || flush(c);
    if (alive && c->out.count == 0) alive = converse(c, events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
    if (!alive) {
        close(c->fd);
        free(c->in.start);
        free(c->out.start);
        free(c);
        return;
    }
    // Adding or changing a registration reports what is ready by now, so nothing is missed in between.
    uint32_t awaited = c->out.count > 0 ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
    struct epoll_event e = { .events = awaited | EPOLLET, .data.ptr = c };
    if (e.events == c->watched) return;
    if (epoll_ctl(poller, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e) < 0) fail("epoll_ctl");
    c->watched = e.events;
}

// Accepts as many as were waiting lately, so that a lone arrival seldom costs a second accept4() to hear EAGAIN.
// The listener is level-triggered: whoever is left is reported again.
static void welcome(int listener) {
    static int burst = 1;
    for (int accepted = 0; accepted < burst; accepted++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN) burst = accepted > 1 ? accepted : 1;
            else if (errno != EINTR && errno != ECONNABORTED) perror("accept4");
            return;
        }
        struct connection *c = calloc(1, sizeof *c);
        if (!c) fail("calloc");
        c->fd = fd;
        serve(c, 0);    // the question has usually arrived with the connection
    }
    if (burst < LONGEST_BURST) burst *= 2;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: epoll PORT\n");
        return 64;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);    // accepted sockets inherit it
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    here.sin_port = htons(atoi(argv[1]));
    socklen_t size = sizeof here;
    if (bind(listener, (struct sockaddr *)&here, size) < 0) fail("bind");
    if (listen(listener, SOMAXCONN) < 0) fail("listen");
    getsockname(listener, (struct sockaddr *)&here, &size);
    printf("listening on 127.0.0.1:%d\n", ntohs(here.sin_port));
    fflush(stdout);

    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event arrivals = { .events = EPOLLIN, .data.ptr = NULL }, events[EVENTS];
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &arrivals) < 0) fail("epoll_ctl");
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) serve(events[i].data.ptr, events[i].events);
            else welcome(listener);
        }
    }
}
