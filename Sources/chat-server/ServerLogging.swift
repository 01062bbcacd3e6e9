import ChatServer
import Glibc
import Logging

/// Where log lines go: above the line of an operator who types, and to standard error otherwise.
func makeLogOutput(_ notices: Notices?) -> LogOutput {
    guard let notices else {
        return LogOutput(descriptor: STDERR_FILENO) { "\(timestamp()) warning chat-server: [ChatServer] \($0)" }
    }
    return LogOutput(show: { notices.post($0) }) { "warning: \($0)" }
}

func makeLogger(_ output: LogOutput, _ notices: Notices?, level: Logger.Level) -> Logger {
    var logger = Logger(label: "chat-server") { label in
        guard notices == nil else { return NoticeLogHandler(output: output) }
        return StreamLogHandlers(label: label, output: output)
    }
    logger.logLevel = level
    return logger
}

/// The usual lines of swift-log, each posted as what it is about.
private struct StreamLogHandlers: LogHandler {
    private var client, server: StreamLogHandler

    init(label: String, output: LogOutput) {
        client = StreamLogHandler(label: label, stream: LogStream(output: output, subject: .client))
        server = StreamLogHandler(label: label, stream: LogStream(output: output, subject: .server))
    }

    var metadata: Logger.Metadata {
        get { server.metadata }
        set { (client.metadata, server.metadata) = (newValue, newValue) }
    }

    var logLevel: Logger.Level {
        get { server.logLevel }
        set { (client.logLevel, server.logLevel) = (newValue, newValue) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { server[metadataKey: key] }
        set { (client[metadataKey: key], server[metadataKey: key]) = (newValue, newValue) }
    }

    func log(event: LogEvent) {
        switch event.subject {
        case .client: client.log(event: event)
        default: server.log(event: event)
        }
    }
}

/// What swift-log writes its lines to.
private struct LogStream: TextOutputStream {
    let output: LogOutput
    let subject: LogOutput.Subject

    func write(_ text: String) {
        output.post(String(text.dropLast()), about: subject)
    }
}

/// As in the lines of `StreamLogHandler`.
private func timestamp() -> String {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
        guard let base = text.baseAddress else { return "" }
        strftime(base, text.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
        return String(cString: base)
    }
}
