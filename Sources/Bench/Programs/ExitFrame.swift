import ChatProtocol
package import Packets

extension Chat {
    /// Whether a segment carries the client's last word, whatever comes before it.
    package static let isExit: @Sendable (Segment) -> Bool = { segment in
        segment.payload.suffix(exitFrame.count) == exitFrame[...]
    }

    private static let exitFrame = Frame.bytes(of: .exit)
}
