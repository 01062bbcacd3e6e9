/// What there is to know of an experiment before it is run.
public struct ExperimentDescription: Sendable, Hashable {
    /// Its name on the command line and in the report.
    public let id: String
    /// The claims that it bears on.
    public let claims: [String]
    /// What is claimed, in a sentence or two.
    public let claimed: String
    /// What is done.
    public let done: String
    /// What to look for in the recording.
    public let lookFor: String

    public init(id: String, claims: [String], claimed: String, done: String, lookFor: String) {
        (self.id, self.claims, self.claimed, self.done, self.lookFor) = (id, claims, claimed, done, lookFor)
    }
}
