internal import Glibc

/// Seconds on CLOCK_MONOTONIC, which all processes of a machine share, so that recordings of several of them fall into
/// one order.
///
/// The corresponding C function is `clock_gettime`.
package func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
