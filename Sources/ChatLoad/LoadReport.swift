import FoundationEssentials
import Glibc
import TCPSockets
import Text

extension LoadResult {
    /// A few lines for people.
    package var table: String {
        var lines = [
            "\(configuration.mode.rawValue), \(configuration.connections) connections, "
                + "\(configuration.payload)-byte questions, \(elapsed.inSeconds.fixed(2, isGrouped: false)) s",
            "\(unit): \(operations), \(perSecond.fixed(0, isGrouped: false)) per second",
        ]
        if let signal { lines.append("ended early by \(name(signal)), of \(configuration.duration.inTenths) s") }
        if let latency {
            lines.append(
                "latency in µs: p50 \(microseconds(latency.p50)), p90 \(microseconds(latency.p90)), "
                    + "p99 \(microseconds(latency.p99)), p99.9 \(microseconds(latency.p999)), "
                    + "highest \(microseconds(latency.highest))")
        }
        if unlikeQuestion > 0 { lines.append("answers unlike their question: \(unlikeQuestion)") }
        let list = errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        lines.append("errors: \(list.isEmpty ? "none" : list.joined(separator: ", "))")
        // What ran out is told once, at the end.
        let first = exhaustion == nil ? firstFailureInWords : firstFailure?.description
        if let first { lines.append("the first: \(first)") }
        if let exhaustion { lines.append(exhaustion.sentence(unit)) }
        return lines.joined(separator: "\n")
    }

    private var unit: String { configuration.mode == .persistent ? "answers" : "conversations" }

    /// One object for programs, on one line.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(LoadDocument(self)), as: UTF8.self)
    }
}

extension Exhaustion {
    func sentence(_ unit: String) -> String {
        "the \(resource.rawValue) ran out after \(after.inSeconds.fixed(3, isGrouped: false)) s and \(operations) \(unit): "
            + "\(error.call.rawValue): \(error.errno). \(reason)"
    }
}

private func microseconds(_ duration: Duration) -> String { (duration.inSeconds * 1e6).fixed(0, isGrouped: false) }

private func name(_ signal: CInt) -> String {
    switch signal {
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    default: "signal \(signal)"
    }
}
