package import Claims
package import Recordings
import TCPSockets

extension FinishedProgram {
    /// - Throws: `MissingFeature`, where the kernel did not know a socket option that the program has set: ENOPROTOOPT
    ///   (setsockopt(2)).
    package func requireOptions() throws {
        let unknown = calls.first { $0.call == .setsockopt && $0.errno == .protocolOptionUnknown }
        guard let unknown else { return }
        let option = unknown.text("option") ?? "an option"
        throw MissingFeature("setsockopt(\(option)) failed with ENOPROTOOPT: this kernel does not have the option")
    }
}

extension Untestable {
    package init(_ claim: String, _ missing: MissingFeature, evidence id: String) {
        let (first, rest) = (missing.description.prefix(1), missing.description.dropFirst())
        // A name, such as that of a call, is written as it is.
        let isName = rest.prefix { $0 != " " }.contains { !$0.isLetter }
        self.init(claim, because: (isName ? first : Substring(first.uppercased())) + rest + ".", evidence: [id])
    }
}
