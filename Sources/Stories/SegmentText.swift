import ChatProtocol
import Packets
package import Recordings
import Text

/// A segment in words.
package struct SegmentText: Sendable, Hashable {
    /// Such as `SYN,ACK`.
    package let flags: String
    /// Such as `seq 1 ack 11`, counted from the SYNs.
    package let numbers: String
    /// Such as `window 64256`.
    package let window: String
    /// Such as `mss 1460`.
    package let options: [String]
    /// What it says in the chat, such as `question "ping"`, or in another protocol, such as `73 bytes "GET / HTTP/1.1"`; nil
    /// where it has no payload.
    package let content: String?

    /// In which language the programs talk.
    package enum Language: Sendable {
        case chat, unknown
    }

    package init(_ captured: CapturedSegment, in space: SequenceSpace, language: Language = .chat) {
        let segment = captured.segment
        flags = segment.flags.names(joinedBy: ",")
        var numbers = "seq \(space.relative(segment.sequence, of: captured.from))"
        if segment.flags.contains(.ack) {
            numbers += " ack \(space.relative(segment.acknowledgement, of: captured.from.other))"
        }
        self.numbers = numbers
        window = "window \(space.window(of: captured))"
        options = segment.options.compactMap { option in
            switch option {
            case .maximumSegmentSize(let size): "mss \(size)"
            case .windowScale(let shift): "window scale \(shift)"
            case .selectiveAcknowledgementPermitted: "sack permitted"
            case .selectiveAcknowledgement(let blocks):
                "sack "
                    + blocks.map { block in
                        let start = space.relative(block.start, of: captured.from.other)
                        return "\(start)-\(space.relative(block.end, of: captured.from.other))"
                    }.joined(separator: " ")
            // In every segment, and of interest where they are agreed upon.
            case .timestamps: segment.flags.contains(.syn) ? "timestamps" : nil
            case .other(let kind, _): "option \(kind)"
            }
        }
        guard !segment.payload.isEmpty else {
            content = nil
            return
        }
        switch language {
        case .chat: content = Self.content(segment.payload, from: captured.from)
        case .unknown: content = Self.firstLine(segment.payload)
        }
    }

    private static let longestQuotation = 32

    /// How many bytes, and the first line where it is text.
    private static func firstLine(_ payload: [UInt8]) -> String {
        let count = counted(payload.count, "byte")
        let line = payload.prefix { $0 != 0x0D && $0 != 0x0A }
        let shown = line.prefix(longestQuotation)
        guard !line.isEmpty, shown.allSatisfy({ (0x20...0x7E).contains($0) }) else { return count }
        return "\(count) \"\(String(decoding: shown, as: UTF8.self))\(shown.count < line.count ? "…" : "")\""
    }

    /// A segment of this chat begins with a frame; what follows a part of one cannot be told from here.
    private static func content(_ payload: [UInt8], from side: Recordings.Side) -> String {
        var decoder = FrameDecoder(from: side == .client ? .client : .server)
        payload.withUnsafeBytes { decoder.append($0) }
        var messages: [String] = []
        do {
            while let message = try decoder.next() { messages.append(message.words) }
            if !decoder.isAtBoundary { messages.append("part of a frame") }
        } catch {
            messages.append("not a frame")
        }
        return messages.joined(separator: ", ")
    }
}

extension Message {
    fileprivate var words: String {
        switch self {
        case .question(let text): "question \"\(text)\""
        case .answer(let text): "answer \"\(text)\""
        case .exit: "exit"
        case .error(let code, let text): "error \(code.rawValue), \(code): \"\(text)\""
        case .padding(let count): "padding, \(count) bytes"
        case .challenge: "challenge"
        case .proof(let proof): "proof of \"\(proof.name)\""
        }
    }
}
