import Recordings

extension Matrix {
    /// Those on which cells bear only where their TIME-WAITs are waited for.
    package static let slowClaims: Set<String> = ["A3"]

    /// The claims on which cells bear; A3 and C9 where their TIME-WAITs are waited for.
    package static let claims = [
        "A1", "A2", "A3", "A4", "A5", "A7", "A8", "A10", "A11", "A16", "B1", "B2", "B3", "B4", "B6", "B7", "B9", "B10",
        "C6", "C8", "C9", "C10", "D1", "D2", "D5", "D7", "E1", "E3", "F2", "F13",
    ]
}
