/// Segments, socket calls and states of one variant of an experiment, on one clock.
public struct Recording: Sendable {
    /// What tells it from the other variants, such as `timestamps-off`; unique in its experiment.
    public let name: String
    public let passages: [Passage]
    public let looks: [Look]
    public let clientCalls: [SocketCall]
    public let serverCalls: [SocketCall]

    public init(
        _ name: String, passages: [Passage], looks: [Look] = [], clientCalls: [SocketCall], serverCalls: [SocketCall]
    ) {
        self.name = name
        self.passages = passages
        self.looks = looks
        self.clientCalls = clientCalls
        self.serverCalls = serverCalls
    }
}
