import ArgumentParser
import Console
import Glibc
import Recordings
import Reports
import Stories
import Traffic

/// Connections as they come: as JSON, or, of a pipe or an interface, as text.
final class ConnectionOutput {
    private enum Form {
        case document(StoryStream)
        case lines, text, nothing
    }

    private let form: Form
    /// `report.json` of `--output`.
    private let copy: StoryStream?
    private var failure: (any Error)?
    /// Whether somebody still reads what is written.
    private(set) var isWanted = true

    init(_ command: ReadCommand, isLive: Bool, document: String?) throws {
        form =
            switch command.format {
            case _ where command.connection != nil: .nothing
            case .json: isLive ? .lines : .document(StoryStream(to: STDOUT_FILENO))
            case .text where isLive: .text
            case .text, .html: .nothing
            }
        copy = try document.map { path in
            try orExit(.connectionLost) {
                StoryStream(to: try check("open \(path)", open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)))
            }
        }
    }

    func take(_ connection: TrafficConnection) {
        guard failure == nil, isWanted else { return }
        do {
            try copy?.add(connection)
            switch form {
            case .document(let stream): isWanted = try stream.add(connection)
            case .lines:
                isWanted = try writeResult(
                    StoryDocument.Connection(connection.story, opened: connection.story.opened).line(of: .read))
            case .text:
                isWanted = try writeResult(TrafficText.lines(connection, width: textWidth()).joined(separator: "\n"))
            case .nothing: break
            }
        } catch {
            (failure, isWanted) = (error, false)
        }
    }

    /// - Throws: What went wrong until now.
    func end() throws {
        if let failure { throw failure }
        try copy?.end()
        if case .document(let stream) = form { try stream.end() }
    }
}

/// The document of connections, written while they come: it need not be kept.
private final class StoryStream {
    private let descriptor: CInt
    private var order = ConnectionOrder()
    private var buffer = "{\n  \"again\" : null,\n  \"connections\" : ["
    private var isFirst = true

    init(to descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// - Returns: Whether the reader is still there.
    @discardableResult
    func add(_ connection: TrafficConnection) throws -> Bool {
        guard let next = order.add(connection) else { return true }
        return try write(next)
    }

    private func write(_ connection: TrafficConnection) throws -> Bool {
        let story = connection.story
        buffer += isFirst ? "\n    " : ",\n    "
        isFirst = false
        buffer += try StoryDocument.Connection(story, opened: story.opened).element()
        return buffer.utf8.count < 65_536 ? true : try flush()
    }

    private func flush() throws -> Bool {
        defer { buffer = "" }
        return try writePart(of: buffer, to: descriptor)
    }

    func end() throws {
        for connection in order.removeAll() { guard try write(connection) else { return } }
        buffer += isFirst ? "],\n" : "\n  ],\n"
        buffer += "  \"kernel\" : null,\n  \"schema\" : 1,\n  \"source\" : \"read\"\n}\n"
        _ = try flush()
    }
}
