internal import Glibc
internal import TCPSockets

/// Why an experiment could not be made or carried out: no result, and never taken for one.
public struct LaboratoryError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }

    init(_ call: String, _ number: CInt) {
        self.init("\(call): \(Errno(rawValue: number))")
    }
}

/// Passes on the result of a C call, or throws its errno.
@discardableResult
func check(_ call: String, _ result: CInt) throws -> CInt {
    if result < 0 { throw LaboratoryError(call, errno) }
    return result
}
