import Glibc
import TCPSockets

/// Why an experiment could not be made or carried out: no result, and never taken for one.
package struct LaboratoryError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// - Parameter number: The errno. Where a shell can raise the limit that was met, that is said.
    package init(_ call: String, _ number: CInt) {
        let remedy = number == EMFILE ? "; raise the limit: ulimit -n" : ""
        self.init("\(call): \(Errno(rawValue: number))\(remedy)")
    }
}

/// Passes on the result of a C call, or throws its errno.
@discardableResult
package func check(_ call: String, _ result: CInt) throws -> CInt {
    if result < 0 { throw LaboratoryError(call, errno) }
    return result
}
