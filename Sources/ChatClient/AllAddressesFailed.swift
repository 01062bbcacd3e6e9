import Console
import Diagnoses
import TCPSockets
import Text

/// Why none of the addresses of a host could be reached.
struct AllAddressesFailed: Error, CustomStringConvertible {
    let host: String
    /// In the order in which they were tried.
    let failures: [AddressDiagnosis]

    var description: String {
        let lines = failures.map { "\n  \($0.inWords)" }
        return "none of the \(failures.count) addresses of \(visible(host)) could be reached:" + lines.joined()
    }

    /// To try again later helps if it helps with one of them; else the last one decides.
    var status: ExitStatus {
        let all = failures.map { ExitStatus($0) }
        return all.contains(.tryAgainLater) ? .tryAgainLater : all.last ?? .unavailable
    }
}
