import ArgumentParser
import ChatProtocol

/// The largest frame, of client and server alike: both sides should agree on it.
package struct FrameLimitFlag: ParsableArguments {
    @Option(help: "The largest frame, 1 to \(Frame.highestLimit).")
    package var maxFrame = FrameLimit(Frame.defaultLimit)

    package init() {}

    package func validate() throws {
        try maxFrame.check("--max-frame")
    }
}
