import TCPSockets

/// An error as it is told to people: with what was found, and what helps, where something is known of it; else as it describes
/// itself.
package func explained(_ error: any Error) -> String {
    switch error {
    case let diagnosis as AddressDiagnosis: diagnosis.inWords
    case is LookupTimedOut:
        "\(error). Check that the name servers in resolv.conf(5) answer, or use the address."
    default: "\(error)"
    }
}
