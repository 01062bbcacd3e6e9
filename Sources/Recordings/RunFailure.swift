/// A cell or an experiment that could not be carried out: no result, and never taken for one.
package struct RunFailure: Sendable {
    /// The cell's or the experiment's name.
    package let id: String
    package let reason: String
    /// What was recorded until then, on each pair of hosts.
    package let recordings: [Recording]

    package init(id: String, reason: String, recordings: [Recording] = []) {
        (self.id, self.reason, self.recordings) = (id, reason, recordings)
    }
}

/// What an experiment is about, where this kernel does not have it: the claim cannot be tested here.
package struct MissingFeature: Error, CustomStringConvertible {
    /// What was probed, and what the kernel said: a sentence without its full stop.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
