import Foundation

extension String {
    var trimmed: String { String(drop { $0.isWhitespace }.trimmingSuffix { $0.isWhitespace }) }
}

/// A folder that is gone, with what is in it, when the body returns.
func withTemporaryFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "chat-test-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
