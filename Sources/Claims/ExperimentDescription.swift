/// What there is to know of an experiment before it is run.
package struct ExperimentDescription: Sendable, Hashable {
    /// Its name on the command line and in the report.
    package let id: String
    /// The claims that it bears on.
    package let claims: [String]
    /// What is claimed, in a sentence or two.
    package let claimed: String
    /// What is done.
    package let done: String
    /// What to look for in the recording.
    package let lookFor: String

    package init(id: String, claims: [String], claimed: String, done: String, lookFor: String) {
        (self.id, self.claims, self.claimed, self.done, self.lookFor) = (id, claims, claimed, done, lookFor)
    }
}
