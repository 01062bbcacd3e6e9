import Recordings
package import TCPSockets

/// What to run, and where.
package struct TrialPlan: Sendable {
    package let server: String
    package let client: String
    package let family: IPAddress.Family
    /// Where the server is told to listen; nil where it may choose.
    package let port: UInt16?
    package let sysctls: [String: String]
    /// Whether the client runs at once again.
    package let again: Bool
    /// Whether the server is ended and started at once again.
    package let restart: Bool
    /// How long the server may take to listen, and the client to end.
    package let timeout: Duration

    /// What a server without `port` is offered; it is free, for its host is new.
    package static let offeredPort: UInt16 = 8000

    package init(
        server: String, client: String, family: IPAddress.Family = .v4, port: UInt16? = nil,
        sysctls: [String: String] = [:], again: Bool = false, restart: Bool = false, timeout: Duration = .seconds(30)
    ) {
        (self.server, self.client, self.family, self.port) = (server, client, family, port)
        (self.sysctls, self.again, self.restart, self.timeout) = (sysctls, again, restart, timeout)
    }

    /// What the commands are told, as variables of their environment.
    package func values(port: UInt16) -> [String: String] {
        [
            "SERVER": "\(Side.server.address(family))", "CLIENT": "\(Side.client.address(family))", "PORT": "\(port)",
        ]
    }

    /// A command with `{server}`, `{client}` and `{port}` replaced. `${port}` is the shell's.
    package static func replaced(_ command: String, by values: [String: String]) -> String {
        var result = ""
        var rest = command[...]
        while let brace = rest.firstIndex(of: "{") {
            let isOfShell = brace > command.startIndex && command[command.index(before: brace)] == "$"
            let name = rest[rest.index(after: brace)...].prefix { $0.isLowercase }
            result += rest[..<brace]
            let isClosed = name.endIndex < rest.endIndex && rest[name.endIndex] == "}"
            if !isOfShell, isClosed, let value = values[name.uppercased()] {
                result += value
                rest = rest[rest.index(after: name.endIndex)...]
            } else {
                result += "{"
                rest = rest[rest.index(after: brace)...]
            }
        }
        return result + rest
    }

    /// The hosts' `/etc/hosts`: their names, and behind them what this machine has.
    package func hosts(machine: String?) -> String {
        """
        \(Side.server.address(family)) server
        \(Side.client.address(family)) client
        127.0.0.1 localhost
        ::1 localhost
        \(machine ?? "")

        """
    }
}

/// Why a trial came to no result.
package struct TrialFailure: Error, CustomStringConvertible {
    package let description: String
}
