import ChatServer
import Logging

/// Log lines for a terminal at which somebody types.
struct NoticeLogHandler: LogHandler {
    let output: LogOutput
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(output: LogOutput) {
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { "\($0.value)" }.joined(separator: ", ")
        output.post(
            "\(event.level): \(event.message)\(details.isEmpty ? "" : " (\(details))")", about: event.subject)
    }
}

extension LogEvent {
    /// A client that comes and goes is told at `info` and below; what is worse is never only its affair.
    var subject: LogOutput.Subject {
        level < .warning && metadata?["client"] != nil ? .client : .server
    }
}
