// Why connect() failed.
extension AddressDiagnosis {
    static func reason(connect errno: Errno, _ request: AddressRequest, _ icmp: ICMPError?) -> Reason {
        guard let remote = request.remote else { return .unexplained }
        if let icmp { return .rejected(icmp, listeners(met: remote)) }
        return switch errno {
        case .addressInUse, .addressNotAvailable: whyNoPort(request, remote)
        case .connectionRefused: .refused(listeners(of: remote))
        case .timedOut: isCutOff(remote) ? .unusableAddress(.interfaceDown("lo")) : .noAnswer(listeners(met: remote))
        case .networkUnreachable, .hostUnreachable: whyUnreachable(errno, remote)
        case .permissionDenied, .notPermitted:
            ConnectProbe.routeError(to: remote) == errno ? .forbiddenByRoute : .forbidden
        case .invalidArgument where remote.address.needsInterface: .interfaceMissing
        case .invalidArgument where ConnectProbe.routeError(to: remote) == errno: .droppedByRoute
        default: .unexplained
        }
    }

    /// The routes answer before an address to call from is chosen: one that cannot be used has no part in this.
    private static func whyUnreachable(_ errno: Errno, _ remote: Endpoint) -> Reason {
        let routeError = ConnectProbe.routeError(to: remote)
        // A UDP socket without SO_BROADCAST is told that the destination is a broadcast address (udp(7)); TCP calls that
        // unreachable (net/ipv4/tcp_ipv4.c, tcp_v4_connect).
        if remote.address.isMulticastOrBroadcast || errno == .networkUnreachable && routeError == .permissionDenied {
            return .notUnicast
        }
        if errno == .hostUnreachable, routeError == .hostUnreachable { return .unreachableByRoute }
        return switch AddressFault(callingFrom: remote.address) {
        case .interfaceDown(let name)? where name == remote.address.unmapped.onlyInterface:
            .unusableAddress(.interfaceDown(name))
        case .ipv6Off(let name)?: .unusableAddress(.ipv6Off(interface: name))
        default: .noRoute
        }
    }

    private static func whyNoPort(_ request: AddressRequest, _ remote: Endpoint) -> Reason {
        let fault = AddressFault(callingFrom: remote.address)
        // A connect() that needs no port of TCP's fails alike: it is the address that is missing.
        if request.local?.address.isAny != false, ConnectProbe.routeError(to: remote) == .addressNotAvailable {
            return .unusableAddress(fault ?? .noSource(remote.address.unmapped.family))
        }
        guard let entries = try? SocketTable().entries() else { return .notFound }
        if let local = request.fixedEnd {
            let holders = PortHolders.between(local, remote, in: entries)
            if !holders.isEmpty { return .held(holders) }
        } else {
            let ports = EphemeralPorts(of: request.portRange)
            if let shortage = PortShortage(connecting: request, among: ports, in: entries) {
                return .portsExhausted(shortage)
            }
        }
        return fault.map { .unusableAddress($0) } ?? .notFound
    }

    /// Whether a destination is this host and its loopback is down: whatever this host sends to itself goes that way.
    private static func isCutOff(_ remote: Endpoint) -> Bool {
        Interface.named("lo")?.isUp == false && LocalAddress.isOfThisHost(remote.address)
    }

    /// The listeners of this host that a destination's port has; none where the destination is another host.
    private static func listeners(of remote: Endpoint) -> [PortHolder] {
        guard LocalAddress.isOfThisHost(remote.address), let entries = try? SocketTable().entries() else { return [] }
        return PortHolders.listeners(of: remote.port, in: entries)
    }

    private static func listeners(met remote: Endpoint) -> [PortHolder] {
        listeners(of: remote).filter { $0.listens(at: remote) }
    }
}
