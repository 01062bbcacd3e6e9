/// Segments, socket calls and states of one variant of an experiment, on one clock.
package struct Recording: Sendable {
    /// What tells it from the other variants, such as `timestamps-off`; unique in its experiment.
    package let name: String
    package let segments: [CapturedSegment]
    package let samples: [StateSample]
    package let clientCalls: [SocketCall]
    package let serverCalls: [SocketCall]

    package init(
        _ name: String, segments: [CapturedSegment], samples: [StateSample] = [], clientCalls: [SocketCall],
        serverCalls: [SocketCall]
    ) {
        self.name = name
        self.segments = segments
        self.samples = samples
        self.clientCalls = clientCalls
        self.serverCalls = serverCalls
    }
}
