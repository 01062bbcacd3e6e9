import Claims
import FoundationEssentials
import Recordings
import Text

/// A report as `report.json` holds it: the names of the properties are the keys.
package struct ReportDocument: Codable, Hashable, Sendable {
    static let currentSchema = 2

    package struct Cell: Codable, Hashable, Sendable {
        let id: String
        /// 4 or 6.
        let family: Int
        let bind: Recordings.Cell.Bind
        let reuseAddress: Recordings.Cell.ReuseAddress
        let close: String
        let serverClose: Recordings.Cell.ServerClose
        let padding: Int
        let sysctls: [String: String]
        var firstToClose: Outcome.Holder
        var ending: Outcome.Ending
        var timeWait: Outcome.Holder
        var serverSaw: Outcome.ServerSaw
        var reconnect: Reconnect
        @Nullable var freeAfterSeconds: Double?
        var bytesSent: Int
        var bytesLost: Int
        @Nullable var closeMilliseconds: Double?
        @Nullable var rstCause: ResetCause?
        @Nullable var pcap: String?
    }

    package struct Reconnect: Codable, Hashable, Sendable {
        let bind: CallResult
        @Nullable var connect: CallResult?
    }

    package struct Claim: Codable, Hashable, Sendable {
        let id: String
        let text: String
        @Nullable var answer: String?
        var verdict: Verdict.Kind
        @Nullable var condition: String?
        var exceptions: [String]
        let because: String
        let evidence: [String]
    }

    package struct States: Codable, Hashable, Sendable {
        let visited: [String]
        /// Pairs: from, to.
        let transitions: [[String]]
    }

    package struct Experiment: Codable, Hashable, Sendable {
        let id: String
        let claims: [String]
        let findings: [Finding]
        let figures: [Figure]
        let recordings: [Recording]
    }

    package struct Finding: Codable, Hashable, Sendable {
        let claim: String
        let holds: Bool
        /// Whether it was made under ordinary circumstances.
        let ordinary: Bool
        @Nullable var condition: String?
        let because: String
        let evidence: [String]
    }

    package struct Figure: Codable, Hashable, Sendable {
        let name, value: String
    }

    package struct Recording: Codable, Hashable, Sendable {
        let name: String
        @Nullable var pcap: String?
    }

    package struct RunFailure: Codable, Hashable, Sendable {
        let id, reason: String
        /// What was recorded until then; left out where there is nothing.
        let recordings: [Recording]?
    }

    let schema: Int
    package let kernel: String
    let sysctls: [String: String]
    package internal(set) var cells: [Cell]
    package internal(set) var claims: [Claim]
    var states: States
    let experiments: [Experiment]
    let failures: [RunFailure]

    /// As text: keys in alphabetical order, so that two reports can be compared line by line.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
