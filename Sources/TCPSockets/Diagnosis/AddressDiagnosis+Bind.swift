// Why bind() or listen() failed.
extension AddressDiagnosis {
    static func reason(bind errno: Errno, _ request: AddressRequest) -> Reason {
        switch errno {
        case .addressInUse: whoHasThePort(request)
        case .addressNotAvailable:
            request.local.map { .unusableAddress(AddressFault(binding: $0.address)) } ?? .unexplained
        case .permissionDenied where needsPrivilege(request.local?.port):
            .privilegedPort(below: PortSettings.firstUnprivileged)
        case .permissionDenied, .notPermitted: .forbidden
        case .invalidArgument where request.local?.address.needsInterface == true: .interfaceMissing
        case .invalidArgument where request.local?.address.isMulticastOrBroadcast == true: .notUnicast
        default: .unexplained
        }
    }

    private static func whoHasThePort(_ request: AddressRequest) -> Reason {
        guard let entries = try? SocketTable().entries() else { return .notFound }
        guard request.fixedEnd != nil else {
            let ports = EphemeralPorts(of: request.portRange)
            return PortShortage(binding: request, among: ports, in: entries).map { .portsExhausted($0) } ?? .notFound
        }
        let holders = PortHolders.inTheWay(of: request, in: entries)
        return holders.isEmpty ? .notFound : .held(holders)
    }

    /// Whether the port is too low for this process. The right to it is CAP_NET_BIND_SERVICE in the user namespace that
    /// the network namespace belongs to (capabilities(7)), which cannot be told for any but the first one.
    private static func needsPrivilege(_ port: UInt16?) -> Bool {
        guard let port, port < PortSettings.firstUnprivileged else { return false }
        return !(Capabilities.mayBindAnyPort && Capabilities.isInFirstUserNamespace)
    }
}

extension IPAddress {
    /// Whether it is link-local and its interface is not said.
    var needsInterface: Bool { isLinkLocal && scope == 0 }
}
