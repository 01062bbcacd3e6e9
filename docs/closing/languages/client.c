// How a client closes in C. Usage: client STRATEGY HOST PORT
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int checked(const char *call, int result) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
    return result;
}

// recv() returns 0 at the end of the stream: the peer's FIN.
static void drain(int peer) {
    char buffer[4096];
    while (checked("recv", (int)recv(peer, buffer, sizeof buffer, 0)) > 0) {}
}

int main(int count, char **arguments) {
    if (count != 4) return 64;
    const char *strategy = arguments[1];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *server;
    if (getaddrinfo(arguments[2], arguments[3], &hints, &server) != 0) return 68;
    int peer = checked("socket", socket(server->ai_family, SOCK_STREAM, 0));
    if (strcmp(strategy, "explicit-port") == 0) {
        // Before bind(); the socket before this one must have had it too.
        int on = 1;
        checked("setsockopt", setsockopt(peer, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
        struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(5000)};
        checked("bind", bind(peer, (struct sockaddr *)&local, sizeof local));
    }
    // Without bind(), connect() takes an ephemeral port.
    checked("connect", connect(peer, server->ai_addr, server->ai_addrlen));
    dprintf(peer, "%s\n", strategy);
    char answer[64];
    checked("recv", (int)recv(peer, answer, sizeof answer, 0));

    if (strcmp(strategy, "passive") == 0) {
        drain(peer);
    } else if (strcmp(strategy, "reset") == 0) {
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        checked("setsockopt", setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    } else {
        checked("shutdown", shutdown(peer, SHUT_WR));
        drain(peer);
    }
    checked("close", close(peer));
    return 0;
}
