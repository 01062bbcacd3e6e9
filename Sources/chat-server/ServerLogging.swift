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
        return StreamLogHandler(label: label, stream: LogStream(output: output))
    }
    logger.logLevel = level
    return logger
}

/// What swift-log writes its lines to.
private struct LogStream: TextOutputStream {
    let output: LogOutput

    func write(_ text: String) {
        output.post(String(text.dropLast()))
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
