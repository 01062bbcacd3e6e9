/// Joins what is not empty.
package func sentences(_ parts: String?...) -> String {
    parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
}

extension String {
    /// With a capital letter at its beginning.
    package var asSentence: String { prefix(1).uppercased() + dropFirst() }
}
