internal import FoundationEssentials

/// Writes trace events, and remembers which connection a descriptor stood for, so that the state of a
/// connection can still be told after close() has taken the descriptor away.
struct TraceOutput {
    let format: Trace.Format
    let show: @Sendable (String) -> Void
    private var start: Double?
    private var ends: [CInt: ConnectionEnds] = [:]

    init(format: Trace.Format, show: @escaping @Sendable (String) -> Void) {
        self.format = format
        self.show = show
    }

    /// The two ends of a descriptor's connection, learnt once it has both.
    mutating func endpoints(after call: SystemCall, on descriptor: CInt, result: Int) -> ConnectionEnds {
        if call == .close { return ends.removeValue(forKey: descriptor) ?? ConnectionEnds() }
        let subject = call.subject(descriptor, result)
        if let known = ends[subject] { return known }
        let learnt = ConnectionEnds(of: subject)
        if learnt.remote != nil { ends[subject] = learnt }
        return learnt
    }

    mutating func write(_ event: TraceEvent) {
        if start == nil { start = event.time }
        show(format == .json ? json(event) : text(event))
    }

    private func text(_ event: TraceEvent) -> String {
        let values = event.arguments.map { argument in
            switch argument.value {
            case .integer(let value): "\(value)"
            case .text(let value): value
            }
        }
        let descriptor = event.descriptor >= 0 ? ["\(event.descriptor)"] : []
        var line = "\(seconds(event.time - (start ?? event.time))) \(event.call.rawValue)"
        line += "(\((descriptor + values).joined(separator: ", "))) = \(event.result)"
        if let errno = event.errno { line += " \(errno)" }
        if let state = event.state { line += "  [\(state)]" }
        return line
    }

    private func seconds(_ time: Double) -> String {
        let microseconds = Int(time * 1e6)
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
    }

    private func json(_ event: TraceEvent) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(TraceLine(event)) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The shape of a JSON line: `{"t":…,"call":…,"arguments":{…},"result":…,"errno":…,"state":…}`.
private struct TraceLine: Encodable {
    let event: TraceEvent

    init(_ event: TraceEvent) {
        self.event = event
    }

    private enum Key: String, CodingKey {
        case t, call, arguments, result, errno, state
    }

    private struct ArgumentName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(event.time, forKey: .t)
        try line.encode(event.call.rawValue, forKey: .call)
        try line.encode(event.result, forKey: .result)
        // `encode`, not `encodeIfPresent`: a reader finds null, never a missing key.
        try line.encode(event.errno?.name, forKey: .errno)
        try line.encode(event.state?.description, forKey: .state)
        var arguments = line.nestedContainer(keyedBy: ArgumentName.self, forKey: .arguments)
        if event.descriptor >= 0 {
            try arguments.encode(event.descriptor, forKey: ArgumentName(stringValue: "fd"))
        }
        for argument in event.arguments {
            let name = ArgumentName(stringValue: argument.name)
            switch argument.value {
            case .integer(let value): try arguments.encode(value, forKey: name)
            case .text(let value): try arguments.encode(value, forKey: name)
            }
        }
    }
}
