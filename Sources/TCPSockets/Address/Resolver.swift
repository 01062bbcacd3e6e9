internal import Glibc
internal import Synchronization

/// A name that no address was found for.
public struct UnknownHost: Error, CustomStringConvertible {
    public let name: String
    /// What the resolver says, in words (gai_strerror(3)).
    public let reason: String

    public var description: String { "getaddrinfo \(name): \(reason)" }
}

/// A name that the name servers did not answer for in time.
public struct LookupTimedOut: Error, CustomStringConvertible {
    public let name: String

    public var description: String { "getaddrinfo \(name): no answer in time" }
}

/// Names to addresses.
public enum Resolver {
    /// All endpoints of a TCP service, in the order in which to try them (RFC 6724).
    ///
    /// The corresponding C function is `getaddrinfo`. It waits for the name servers and is not
    /// interrupted by signals.
    ///
    /// - Throws: `UnknownHost`.
    public static func resolve(_ host: String, port: UInt16) throws(UnknownHost) -> [Endpoint] {
        if let endpoint = literal(host, port) { return [endpoint] }
        return try lookUp(host, port)
    }

    /// The same, but for no longer than a time, and for a program that catches signals: getaddrinfo() waits on a thread of
    /// its own, which is left behind where its answer is waited for no more.
    ///
    /// For one who tries all of them: loopback addresses are among them whatever other addresses this host has.
    ///
    /// - Throws: `UnknownHost`, `LookupTimedOut`, `WaitInterrupted`; `SocketError` where there is no room for the thread.
    public static func resolve(
        _ host: String, port: UInt16, until deadline: ContinuousClock.Instant, interrupter: Interrupter
    ) throws -> [Endpoint] {
        if let endpoint = literal(host, port) { return [endpoint] }
        let answers = try Mailbox<Result<[Endpoint], UnknownHost>>()
        try detachThread {
            answers.post(Result { () throws(UnknownHost) in try lookUp(host, port, isComplete: true) })
        }
        switch try interrupter.wait(for: .input(answers.descriptor), until: deadline) {
        case .interrupted: throw WaitInterrupted()
        case .timedOut: throw LookupTimedOut(name: host)
        case .ready: return try answers.takeAll().first?.get() ?? []
        }
    }

    private static func literal(_ host: String, _ port: UInt16) -> Endpoint? {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return IPAddress(isBracketed ? host.dropFirst().dropLast() : host[...]).map { Endpoint($0, port: port) }
    }

    /// - Parameter isComplete: Whether addresses of a family count for which this host has none but that of its loopback;
    ///   AI_ADDRCONFIG leaves them out (getaddrinfo(3)).
    private static func lookUp(
        _ host: String, _ port: UInt16, isComplete: Bool = false
    ) throws(UnknownHost) -> [Endpoint] {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = isComplete ? 0 : CInt(AI_ADDRCONFIG)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else {
            throw UnknownHost(name: host, reason: String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(list) }
        let endpoints = sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { entry in entry.flatMap { Endpoint($0.pointee) } }
        guard !endpoints.isEmpty else {
            throw UnknownHost(name: host, reason: "neither an IPv4 nor an IPv6 address")
        }
        return endpoints
    }
}

extension Endpoint {
    fileprivate init?(_ info: addrinfo) {
        guard let address = info.ai_addr else { return nil }
        self.init { target, length in
            memcpy(target, address, Int(info.ai_addrlen))
            length.pointee = info.ai_addrlen
            return 0
        }
    }
}
