public import ArgumentParser
public import TCPSockets

/// Two ports and a hyphen, such as `40000-40099`.
struct PortRange: ExpressibleByArgument {
    let ports: ClosedRange<UInt16>

    init?(argument: String) {
        let numbers = argument.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.first == "+" ? nil : UInt16($0) }
        guard numbers.count == 2, let low = numbers[0], let high = numbers[1], 0 < low, low <= high else {
            return nil
        }
        ports = low...high
    }
}

extension CloseStrategy: ExpressibleByArgument {}

extension Trace.Format: ExpressibleByArgument {}

extension IPAddress: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}
