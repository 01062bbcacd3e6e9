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

/// Waits until what is read is as expected, and says what it was instead.
func eventually<Value: Equatable>(
    is expected: Value, within time: Duration = .seconds(20), _ read: () throws -> Value
) async throws {
    let deadline = ContinuousClock.now + time
    var value = try read()
    while value != expected {
        guard ContinuousClock.now < deadline else {
            throw Output.NotSeen(description: "after \(time) still \(value), not \(expected)")
        }
        try await Task.sleep(for: .milliseconds(5))
        value = try read()
    }
}
