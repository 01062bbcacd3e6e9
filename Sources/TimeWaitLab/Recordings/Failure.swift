/// A cell or an experiment that could not be carried out: no result, and never taken for one.
public struct Failure: Codable, Hashable, Sendable {
    /// The cell's or the experiment's name.
    public let id: String
    public let reason: String

    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }
}
