import Glibc

/// Whether hosts can be made here: whoever makes network namespaces and TUN devices must be root. `make check` does without.
let laboratoryIsPossible =
    geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0 && getenv("WITHOUT_LABORATORY") == nil
