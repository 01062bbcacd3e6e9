// Connections over loopback that are opened and closed, so many a second: churn PER_SECOND SECONDS PORT. The client closes first.
// Prints how many there were.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void check(int result, const char *call) {
    if (result >= 0) return;
    perror(call);
    exit(1);
}

int main(int count, char **arguments) {
    if (count != 4) return 64;
    double rate = atof(arguments[1]), seconds = atof(arguments[2]);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[3]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 64), "listen");
    double began = now();
    long made = 0;
    while (now() - began < seconds) {
        if ((double)made > (now() - began) * rate) {
            usleep(500);
            continue;
        }
        int client = socket(AF_INET, SOCK_STREAM, 0);
        check(connect(client, (struct sockaddr *)&address, sizeof address), "connect");
        int server = accept(listener, NULL, NULL);
        check(server, "accept");
        close(client);
        close(server);
        made++;
    }
    printf("%ld\n", made);
    return 0;
}
