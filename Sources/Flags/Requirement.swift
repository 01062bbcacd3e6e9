import ArgumentParser

/// Refuses flags, or values of them, that cannot be.
///
/// - Throws: `ValidationError`, which ends a program with EX_USAGE, 64.
package func require(_ condition: Bool, _ message: String) throws {
    guard condition else { throw ValidationError(message) }
}

/// Refuses a count of nothing.
///
/// - Throws: `ValidationError`.
package func requireOneOrMore(_ number: Int?, _ flag: String) throws {
    try require((number ?? 1) > 0, "\(flag) must be at least 1")
}
