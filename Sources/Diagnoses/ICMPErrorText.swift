import TCPSockets

extension ICMPError {
    /// What came, and from whom, without a full stop.
    var inWords: String {
        let from = sender.map { " from \($0)" } ?? ""
        return switch kind {
        case .portUnreachable: "ICMP port unreachable came\(from), not a RST: a firewall rejects it"
        case .prohibited: "ICMP administratively prohibited came\(from): a firewall forbids it"
        case .protocolUnreachable: "ICMP protocol unreachable came\(from): a firewall rejects it"
        case .hostUnreachable:
            "\(unreachable("host"))\(from): the host does not answer on its own network, or a firewall rejects it"
        case .networkUnreachable: "\(unreachable("network"))\(from): a router has no route, or a firewall rejects it"
        case .timeExceeded: "ICMP time exceeded came\(from): the routers forward it in a loop"
        case .other(let type, let code): "An ICMP error of type \(type), code \(code), came\(from)"
        }
    }

    /// A host that is silent to neighbour discovery is reported alike, by no message.
    private func unreachable(_ what: String) -> String {
        sender == nil ? "The \(what) is reported unreachable" : "ICMP \(what) unreachable came"
    }

    var remedy: String {
        switch kind {
        case .hostUnreachable: "Check that the host is up, and the firewalls on the way."
        case .networkUnreachable, .timeExceeded: "Check the address, the routes and the firewalls on the way."
        default:
            "Have the firewall allow it (`nft list ruleset` shows this host's rules), or check host and port."
        }
    }
}
