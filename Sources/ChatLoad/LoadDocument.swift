import TCPSockets

/// The JSON of a result. Every key is always there; what there is nothing to say about is null.
struct LoadDocument: Encodable {
    private let result: LoadResult

    init(_ result: LoadResult) {
        self.result = result
    }

    private enum Key: String, CodingKey {
        case schema, server, mode, connections, payload, close, seconds, operations, perSecond
        case latencyMicroseconds, errors, firstError, unlikeQuestion, ranOut, signal
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: .schema)
        try container.encode("\(result.configuration.server)", forKey: .server)
        try container.encode(result.configuration.mode.rawValue, forKey: .mode)
        try container.encode(result.configuration.connections, forKey: .connections)
        try container.encode(result.configuration.payload, forKey: .payload)
        try container.encode(result.configuration.close.rawValue, forKey: .close)
        try container.encode(result.elapsed.inSeconds, forKey: .seconds)
        try container.encode(result.operations, forKey: .operations)
        try container.encode(result.perSecond, forKey: .perSecond)
        try container.encode(result.latency.map(LatencyDocument.init), forKey: .latencyMicroseconds)
        try container.encode(result.errors, forKey: .errors)
        try container.encode(result.firstFailure?.description, forKey: .firstError)
        try container.encode(result.unlikeQuestion, forKey: .unlikeQuestion)
        try container.encode(result.exhaustion.map(ExhaustionDocument.init), forKey: .ranOut)
        try container.encode(result.signal, forKey: .signal)
    }
}

private struct LatencyDocument: Encodable {
    let p50, p90, p99, p999, highest: Double

    init(_ latency: Latency) {
        func microseconds(_ duration: Duration) -> Double { duration / .nanoseconds(1) / 1000 }
        p50 = microseconds(latency.p50)
        p90 = microseconds(latency.p90)
        p99 = microseconds(latency.p99)
        p999 = microseconds(latency.p999)
        highest = microseconds(latency.highest)
    }

    private enum CodingKeys: String, CodingKey {
        case p50, p90, p99, highest
        case p999 = "p99.9"
    }
}

private struct ExhaustionDocument: Encodable {
    let resource, call, errno, reason: String
    let afterSeconds: Double
    let operations: Int
    let ports, taken, timeWait: Int?

    init(_ exhaustion: Exhaustion) {
        resource = exhaustion.resource.rawValue
        call = exhaustion.error.call.rawValue
        errno = exhaustion.error.errno.name
        reason = exhaustion.reason
        afterSeconds = exhaustion.after.inSeconds
        operations = exhaustion.operations
        ports = exhaustion.ports?.range.count
        taken = exhaustion.ports?.taken
        timeWait = exhaustion.ports?.timeWait
    }

    private enum CodingKeys: String, CodingKey {
        case resource, call, errno, reason, afterSeconds, operations, ports, taken, timeWait
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(resource, forKey: .resource)
        try container.encode(call, forKey: .call)
        try container.encode(errno, forKey: .errno)
        try container.encode(reason, forKey: .reason)
        try container.encode(afterSeconds, forKey: .afterSeconds)
        try container.encode(operations, forKey: .operations)
        try container.encode(ports, forKey: .ports)
        try container.encode(taken, forKey: .taken)
        try container.encode(timeWait, forKey: .timeWait)
    }
}
