/// Writes trace lines, and remembers which connection a descriptor stood for, so that the state of a
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

    mutating func write(_ line: TraceLine) {
        if start == nil { start = line.time }
        show(format == .json ? line.json : "\(seconds(line.time - (start ?? line.time))) \(line.text)")
    }

    private func seconds(_ time: Double) -> String {
        let microseconds = Int(time * 1e6)
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
    }
}
