public import ArgumentParser
public import TCPSockets

extension CloseStrategy: ExpressibleByArgument {}

extension Trace.Format: ExpressibleByArgument {}

extension IPAddress: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}
