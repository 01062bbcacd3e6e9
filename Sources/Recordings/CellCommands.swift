import TCPSockets

/// The commands of a cell, as one would type them.
package struct CellCommands {
    package let server, first, second: String

    package init(_ cell: Cell) {
        let address = Side.server.address(cell.family)
        server =
            (["chat-server", "--host", "\(address)", "--answer", "echo"] + cell.surroundings.serverArguments)
            .joined(separator: " ")
        func client(isFirst: Bool) -> String {
            let arguments = cell.clientArguments(port: Cell.firstPort, isFirst: isFirst)
            return (["chat-client", "--host", "\(address)"] + arguments).joined(separator: " ")
        }
        (first, second) = (client(isFirst: true), client(isFirst: false))
    }
}

extension Cell {
    /// The fixed port of a cell that runs alone; others on the same hosts take those behind it.
    package static let firstPort: UInt16 = 50_001

    /// The second run closes in the plainest way: only whether it connects is of interest.
    package func clientArguments(port: UInt16, isFirst: Bool) -> [String] {
        var arguments = ["--close", isFirst ? close.rawValue : CloseStrategy.active.rawValue]
        // Long enough for a busy machine, short enough for a run of hundreds; and where the server is to close, there is
        // no need to be short.
        arguments += ["--close-delay", "400", "--close-timeout", serverClose == .first ? "10" : "0.4"]
        arguments += ["--connect-timeout", "5"]
        if bind == .explicit { arguments += ["--local-port", "\(port)"] }
        if isFirst ? reuseAddress.isSetByOld : reuseAddress.isSetByNew { arguments.append("--reuse-address") }
        return arguments
    }
}

extension Cell.Surroundings {
    package var sysctls: [String: String] {
        [
            "net.ipv4.tcp_timestamps": timestamps ? "1" : "0",
            "net.ipv4.ip_local_port_range": "32768\t40999",
        ]
    }

    package var serverArguments: [String] {
        ["--close", serverClose.rawValue] + (padding > 0 ? ["--padding", "\(padding)"] : [])
    }
}
