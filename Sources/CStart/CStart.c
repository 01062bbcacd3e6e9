#define _GNU_SOURCE
#include "CStart.h"
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <nss.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static void complain(const char *text) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) { /* There is nobody to tell. */ }
}

/* The first object is the program itself; a static one names no interpreter (elf(5), PT_INTERP). */
static int names_interpreter(struct dl_phdr_info *info, size_t size, void *data) {
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP) *(int *)data = 1;
    return 1;
}

/* Before the constructors of the Swift runtime, which have no priority. */
__attribute__((constructor(101))) static void start(void) {
    char path;
    /* The runtime reads this link, and aborts where it cannot ("Unable to obtain Swift runtime path"). */
    if (readlink("/proc/self/exe", &path, 1) < 0) {
        complain(program_invocation_short_name);
        complain(": readlink /proc/self/exe: ");
        complain(strerrorname_np(errno));
        complain(". The Swift runtime needs it. Mount /proc: mount -t proc proc /proc\n");
        _exit(EX_OSFILE);
    }
    /* A static program would load the name services of nsswitch.conf(5), which are made for one version of glibc only:
       those of another end the program. These two are inside it. */
    int is_dynamic = 0;
    dl_iterate_phdr(names_interpreter, &is_dynamic);
    if (!is_dynamic) {
        __nss_configure_lookup("hosts", "files dns");
        __nss_configure_lookup("passwd", "files");
        __nss_configure_lookup("group", "files");
    }
}
