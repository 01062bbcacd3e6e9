import TCPSockets

extension ICMPError {
    /// What came, and from whom, without a full stop.
    var inWords: String {
        let from = sender.map { " from \($0)" } ?? ""
        return switch kind {
        case .portUnreachable: "An ICMP error came\(from), port unreachable, and no RST: a firewall rejects it"
        case .prohibited: "An ICMP error came\(from), administratively prohibited: a firewall forbids it"
        case .protocolUnreachable: "An ICMP error came\(from), protocol unreachable: a firewall rejects it"
        case .hostUnreachable:
            "\(unreachable("host"))\(from): the host does not answer on its own network, or a firewall rejects it"
        case .networkUnreachable: "\(unreachable("network"))\(from): a router has no route, or a firewall rejects it"
        case .timeExceeded: "An ICMP error came\(from), time exceeded: routers send it round in circles"
        case .other(let type, let code): "An ICMP error came\(from), of type \(type), code \(code)"
        }
    }

    /// A host that is silent to neighbour discovery is reported alike, by no message.
    private func unreachable(_ what: String) -> String {
        sender == nil ? "The \(what) is reported unreachable" : "An ICMP error came, \(what) unreachable,"
    }

    var remedy: String {
        switch kind {
        case .hostUnreachable: "Check that the host is up, and the firewalls between."
        case .networkUnreachable, .timeExceeded: "Check the address, the routes and the firewalls between."
        default:
            "Have the firewall let it through (`nft list ruleset` shows the rules of this host), or check host and port."
        }
    }
}
