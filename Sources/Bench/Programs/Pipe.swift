import CLinux
import Glibc
import Recordings

/// A pipe that no other program inherits. The corresponding C function is `pipe2`.
struct Pipe {
    let readEnd: OwnDescriptor
    let writeEnd: OwnDescriptor

    /// - Throws: `LaboratoryError`, such as for EMFILE.
    init() throws {
        var ends: [CInt] = [-1, -1]
        try check("pipe2", pipe2(&ends, O_CLOEXEC))
        readEnd = try OwnDescriptor("pipe2", ends[0])
        writeEnd = try OwnDescriptor("pipe2", ends[1])
    }
}
