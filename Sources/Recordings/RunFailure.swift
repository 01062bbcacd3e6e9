/// A cell or an experiment that could not be carried out: no result, and never taken for one.
package struct RunFailure: Codable, Hashable, Sendable {
    /// The cell's or the experiment's name.
    package let id: String
    package let reason: String

    package init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }
}
