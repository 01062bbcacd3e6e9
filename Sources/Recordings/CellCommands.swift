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

    /// How long `--close delay` waits at first: milliseconds. Long enough for a busy machine, short enough for a run of hundreds.
    package static let closeDelay = 400
    /// How long it waits at most, where the server needs longer: milliseconds.
    package static let longestCloseDelay = 12_800

    /// The second run closes in the plainest way: only whether it connects is of interest.
    ///
    /// - Parameters:
    ///   - delay: For `--close delay`: milliseconds.
    ///   - pace: How many times as long as usual the client waits for the server.
    package func clientArguments(
        port: UInt16, isFirst: Bool, delay: Int = Cell.closeDelay, pace: Int = 1
    ) -> [String] {
        var arguments = ["--close", isFirst ? close.rawValue : CloseStrategy.active.rawValue]
        // Where the server is to close, there is no need to be short.
        let closeTimeout = serverClose == .first ? "\(10 * pace)" : "0.4"
        arguments += ["--close-delay", "\(delay)", "--close-timeout", closeTimeout]
        arguments += ["--connect-timeout", "\(5 * pace)"]
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
