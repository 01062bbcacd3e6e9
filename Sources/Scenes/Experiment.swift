package import Bench
package import Claims
package import TCPSockets

/// An experiment: a claim in words, the knobs, a script, a judgement. One file each.
package protocol Experiment: Sendable {
    /// Its name on the command line and in the report.
    var id: String { get }
    /// The claims that it bears on.
    var claims: [String] { get }
    /// What is claimed, in a sentence or two.
    var claimed: String { get }
    /// What is done.
    var done: String { get }
    /// What to look for in the recording.
    var lookFor: String { get }

    /// Carries it out.
    ///
    /// - Throws: `LaboratoryError`, `NotSeen`, where it could not be carried out: that is no finding.
    func run(in laboratory: Laboratory) async throws -> ExperimentResult
}

extension Experiment {
    package var description: ExperimentDescription {
        ExperimentDescription(id: id, claims: claims, claimed: claimed, done: done, lookFor: lookFor)
    }
}

/// What experiments need.
package struct Laboratory: Sendable {
    package let chat: Chat
    /// Leaves out the very thing that an experiment is about, such as the loss of a segment. Its judgement must then
    /// come out the other way, which proves that it can.
    package let breaksPremise: Bool
    /// The version of IP, for an experiment that does not look at both itself.
    package let family: IPAddress.Family

    /// How many scenes may be played at the same time.
    package let semaphore: Semaphore

    package init(chat: Chat, breaksPremise: Bool = false, jobs: Int = 8) {
        self.init(chat: chat, breaksPremise: breaksPremise, semaphore: Semaphore(jobs))
    }

    package init(
        chat: Chat, breaksPremise: Bool = false, over family: IPAddress.Family = .v4, semaphore: Semaphore
    ) {
        self.chat = chat
        self.breaksPremise = breaksPremise
        self.family = family
        self.semaphore = semaphore
    }

    /// The same one over another version of IP.
    package func over(_ family: IPAddress.Family) -> Laboratory {
        Laboratory(chat: chat, breaksPremise: breaksPremise, over: family, semaphore: semaphore)
    }
}
