import Console
import Glibc

/// A signal asked the program to end.
struct Interruption: Error {
    let signal: CInt

    var status: ExitStatus { signal == SIGTERM ? .terminated : .interrupted }
}
