// The chat's server on another TCP: lwIP's, in this process. It is a host of the laboratory, as docs/kernels.md has it: descriptor
// 3 is its wire, standard input asks for its sockets. It answers each question with the question, and closes at `exit`.
//
//     cc -I/usr/include/lwip lwip-server.c -llwip -lpthread        (Debian: liblwip-dev)
//
// Environment: ADDRESS and PORT, where it listens; CLOSE=first, at once at `exit`, or CLOSE=last, after the client.
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lwip/init.h"
#include "lwip/ip4.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcpip.h"

enum { WIRE = 3, LARGEST_PACKET = 1500, LONGEST = 65536, HEADER = 4 };
enum { QUESTION = 1, ANSWER = 2, EXIT = 3 };

static bool closes_first;

// A conversation: what has come of a frame (protocol/README.md).
struct conversation {
    unsigned have;
    unsigned char frame[HEADER + LONGEST];
};

// The wire ---------------------------------------------------------------------------------------------------------

static err_t to_wire(struct netif *interface, struct pbuf *packet, const ip4_addr_t *next) {
    unsigned char bytes[LARGEST_PACKET];
    u16_t length = pbuf_copy_partial(packet, bytes, sizeof bytes, 0);
    (void)interface, (void)next;
    return write(WIRE, bytes, length) == length ? ERR_OK : ERR_IF;
}

// Dealt with before it returns, with the lock held: what the table shows next is its effect.
static void from_wire(struct netif *interface, const unsigned char *bytes, u16_t length) {
    struct pbuf *packet = bytes[0] >> 4 == 4 ? pbuf_alloc(PBUF_RAW, length, PBUF_POOL) : NULL;
    if (!packet) return;
    pbuf_take(packet, bytes, length);
    ip4_input(packet, interface);
}

static err_t attach(struct netif *interface) {
    interface->name[0] = 'w';
    interface->name[1] = 'i';
    interface->output = to_wire;
    interface->mtu = LARGEST_PACKET;
    interface->flags = NETIF_FLAG_UP | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

// The chat ---------------------------------------------------------------------------------------------------------

static void end(struct tcp_pcb *pcb, struct conversation *conversation) {
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_err(pcb, NULL);
    free(conversation);
    if (tcp_close(pcb) != ERR_OK) tcp_abort(pcb);
}

// Whether the conversation is over.
static bool take_frame(struct tcp_pcb *pcb, struct conversation *conversation, unsigned length) {
    unsigned char *kind = conversation->frame + HEADER;
    if (*kind == EXIT) return closes_first;
    if (*kind != QUESTION) return true;
    *kind = ANSWER;
    return tcp_write(pcb, conversation->frame, HEADER + length, TCP_WRITE_FLAG_COPY) != ERR_OK || tcp_output(pcb) != ERR_OK;
}

static err_t received(void *argument, struct tcp_pcb *pcb, struct pbuf *data, err_t error) {
    struct conversation *conversation = argument;
    bool is_over = !data;
    (void)error;
    for (u16_t at = 0; !is_over && at < data->tot_len; at++) {
        conversation->frame[conversation->have++] = pbuf_get_at(data, at);
        if (conversation->have < HEADER) continue;
        unsigned char *size = conversation->frame;
        unsigned length = (unsigned)size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3];
        if (length == 0 || length > LONGEST) is_over = true;
        else if (conversation->have == HEADER + length) {
            is_over = take_frame(pcb, conversation, length);
            conversation->have = 0;
        }
    }
    if (data) {
        tcp_recved(pcb, data->tot_len);
        pbuf_free(data);
    }
    if (is_over) end(pcb, conversation);
    return ERR_OK;
}

static void failed(void *argument, err_t error) {
    (void)error;
    free(argument);
}

static err_t accepted(void *argument, struct tcp_pcb *pcb, err_t error) {
    struct conversation *conversation = calloc(1, sizeof *conversation);
    (void)argument, (void)error;
    if (!conversation) return ERR_MEM;
    tcp_arg(pcb, conversation);
    tcp_recv(pcb, received);
    tcp_err(pcb, failed);
    return ERR_OK;
}

// The table --------------------------------------------------------------------------------------------------------

// In the order of enum tcp_state.
static const char *const states[] = {"CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
                                     "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};

static void show(struct tcp_pcb *pcb, const char **separator) {
    char local[IP4ADDR_STRLEN_MAX], remote[IP4ADDR_STRLEN_MAX];
    bool listens = pcb->state == LISTEN;
    ipaddr_ntoa_r(&pcb->local_ip, local, sizeof local);
    ipaddr_ntoa_r(&pcb->remote_ip, remote, sizeof remote);
    printf("%s{\"state\":\"%s\",\"local\":\"%s:%u\",\"remote\":\"%s:%u\",\"secondsLeft\":", *separator, states[pcb->state], local,
           pcb->local_port, listens ? "0.0.0.0" : remote, listens ? 0 : pcb->remote_port);
    // As tcp_slowtmr() counts: it ends once more than 2 MSL have passed (src/core/tcp.c).
    if (pcb->state == TIME_WAIT)
        printf("%.1f}", 2 * TCP_MSL / 1000.0 - (tcp_ticks - pcb->tmr) * TCP_SLOW_INTERVAL / 1000.0);
    else printf("null}");
    *separator = ",";
}

static void show_all(void) {
    const char *separator = "";
    putchar('[');
    for (struct tcp_pcb_listen *pcb = tcp_listen_pcbs.listen_pcbs; pcb; pcb = pcb->next) show((struct tcp_pcb *)pcb, &separator);
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) show(pcb, &separator);
    for (struct tcp_pcb *pcb = tcp_tw_pcbs; pcb; pcb = pcb->next) show(pcb, &separator);
    puts("]");
    fflush(stdout);
}

// The loop ---------------------------------------------------------------------------------------------------------

static int fail(const char *what) {
    fprintf(stderr, "lwip-server: %s\n", what);
    return 1;
}

static int serve(struct netif *interface) {
    unsigned char bytes[LARGEST_PACKET];
    struct pollfd ends[] = {{.fd = WIRE, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(ends, 2, -1) >= 0) {
        // The wire first: who asks means the sockets after all that was written before.
        if (ends[0].revents) {
            ssize_t length = read(WIRE, bytes, sizeof bytes);
            if (length <= 0) return 0;
            LOCK_TCPIP_CORE();
            from_wire(interface, bytes, (u16_t)length);
            UNLOCK_TCPIP_CORE();
        } else if (ends[1].revents) {
            // One byte is one request; what it is called does not matter.
            if (read(STDIN_FILENO, bytes, 1) != 1) return 0;
            LOCK_TCPIP_CORE();
            show_all();
            UNLOCK_TCPIP_CORE();
        }
    }
    return fail("poll");
}

int main(void) {
    const char *address = getenv("ADDRESS"), *port = getenv("PORT"), *closing = getenv("CLOSE");
    ip4_addr_t own, mask, none;
    if (!address || !port || !closing || !ip4addr_aton(address, &own)) return fail("ADDRESS, PORT and CLOSE must be set");
    closes_first = strcmp(closing, "first") == 0;
    IP4_ADDR(&mask, 255, 255, 255, 0);
    ip4_addr_set_zero(&none);
    tcpip_init(NULL, NULL);
    static struct netif interface;
    LOCK_TCPIP_CORE();
    netif_add(&interface, &own, &mask, &none, NULL, attach, ip_input);
    netif_set_default(&interface);
    netif_set_up(&interface);
    struct tcp_pcb *listener = tcp_new();
    bool listens = listener && tcp_bind(listener, IP_ADDR_ANY, (u16_t)atoi(port)) == ERR_OK && (listener = tcp_listen(listener));
    if (listens) tcp_accept(listener, accepted);
    UNLOCK_TCPIP_CORE();
    return listens ? serve(&interface) : fail("it cannot listen");
}
