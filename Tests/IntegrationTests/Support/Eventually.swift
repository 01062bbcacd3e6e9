/// Waits for something that the kernel tells nobody about, by looking again and again.
func eventually(
    _ what: String, within time: Duration = .seconds(20), _ isTrue: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + time
    while try !isTrue() {
        guard ContinuousClock.now < deadline else {
            throw Output.NotSeen(description: "not so within \(time): \(what)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
