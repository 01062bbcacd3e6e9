/// Segments, socket calls and states of one variant of an experiment, on one clock.
package struct Recording: Sendable {
    /// What tells it from the other variants, such as `timestamps-off`; unique in its experiment.
    package let name: String
    package let passages: [Passage]
    package let looks: [Look]
    package let clientCalls: [SocketCall]
    package let serverCalls: [SocketCall]

    package init(
        _ name: String, passages: [Passage], looks: [Look] = [], clientCalls: [SocketCall], serverCalls: [SocketCall]
    ) {
        self.name = name
        self.passages = passages
        self.looks = looks
        self.clientCalls = clientCalls
        self.serverCalls = serverCalls
    }
}
