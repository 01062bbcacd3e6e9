import Text

extension TrialResult {
    /// Why it came to no result, though the server listened; nil where it did.
    package var complaint: String? {
        let said = client.lastWords.isEmpty ? nil : "It said: \(client.lastWords.joined(separator: " / "))"
        guard let status = client.status else {
            return sentences("the client did not end in time (--timeout) and was killed.", said)
        }
        guard connections.isEmpty || status == 127 else { return nil }
        let silence = connections.isEmpty ? ", and sent nothing to the server's host" : ""
        let hint =
            connections.isEmpty && status != 127
            ? "The client must connect to {server}: its localhost is its own host." : nil
        return sentences("the client ended with \(Ending.words(status))\(silence).", said, hint)
    }
}
