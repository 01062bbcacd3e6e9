/// Waits for something that the kernel tells nobody about, by looking again and again.
func eventually(
    _ what: String, within time: Duration = .seconds(20), _ isTrue: () throws -> Bool
) async throws {
    try await look(within: time) { try isTrue() ? nil : "not so within \(time): \(what)" }
}

/// Waits until what is read is as expected, and says what it was instead.
func eventually<Value: Equatable>(
    is expected: Value, within time: Duration = .seconds(20), _ read: () throws -> Value
) async throws {
    try await look(within: time) {
        let value = try read()
        return value == expected ? nil : "after \(time) still \(value), not \(expected)"
    }
}

/// - Parameter complaint: Why it is not over yet; nil when it is.
private func look(within time: Duration, _ complaint: () throws -> String?) async throws {
    let deadline = ContinuousClock.now + time
    while let complaint = try complaint() {
        guard ContinuousClock.now < deadline else { throw Output.NotSeen(description: complaint) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
