package import Doctor
package import TCPSockets
import Text

/// How long the ephemeral ports towards a destination last, at the rate of the TIME-WAITs that connections to it leave.
package struct PortOutlook: Sendable, Hashable, CustomStringConvertible {
    package let destination: Endpoint
    /// TIME-WAITs a second.
    package let rate: Double
    package let ports: Int
    /// How long each of them keeps its port from the next connection to the destination.
    package let holdingSeconds: Double

    package init(destination: Endpoint, rate: Double, settings: NetworkSettings) {
        (self.destination, self.rate) = (destination, rate)
        ports = settings.ephemeralPorts.count
        holdingSeconds =
            settings.reusesTimeWait(overLoopback: destination.address.isLoopback)
            ? settings.secondsUntilReuse : NetworkSettings.secondsOfTimeWait
    }

    /// How many ports are taken once as many TIME-WAITs end as begin.
    package var taken: Double { rate * holdingSeconds }

    /// After how many seconds of this rate no port is left; nil where that does not come.
    package var secondsUntilExhausted: Double? { taken > Double(ports) ? Double(ports) / rate : nil }

    package var description: String {
        let speed = rate < 10 ? rate.fixed(1) : Int(rate.rounded()).grouped
        guard let seconds = secondsUntilExhausted else {
            return "at \(speed) a second to \(destination), TIME-WAIT takes \(Int(taken.rounded()).grouped) of "
                + "\(ports.grouped) ports"
        }
        return
            "at \(speed) a second to \(destination), the \(ports.grouped) ports last \(Int(seconds.rounded()).grouped) s"
    }
}
