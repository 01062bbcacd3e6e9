import ChatProtocol

/// All that a decoder makes of a stream.
struct Outcome: Equatable {
    /// The messages, spelled in ASCII, because == on strings takes `é` and `e` + U+0301 for one.
    var messages: [String] = []
    var error: ProtocolError?
    var isAtBoundary = true

    init() {}

    init(_ messages: [Message], error: ProtocolError? = nil, isAtBoundary: Bool = true) {
        self.messages = messages.map(\.spelled)
        self.error = error
        self.isAtBoundary = isAtBoundary
    }

    /// Feeds a stream to a decoder piece by piece, taking what there is after each, as a reader does.
    init(of pieces: [ArraySlice<UInt8>], by decoder: FrameDecoder) {
        var decoder = decoder
        for piece in pieces {
            piece.withUnsafeBytes { decoder.append($0) }
            do {
                while let message = try decoder.next() { messages.append(message.spelled) }
            } catch {
                self.error = error
            }
        }
        isAtBoundary = decoder.isAtBoundary
    }

    init(of bytes: [UInt8], by decoder: FrameDecoder) {
        self.init(of: [bytes[...]], by: decoder)
    }

    /// The same, decoded where the pieces are: the decoder is given only what an end of a piece has left over.
    init(inPlace pieces: [ArraySlice<UInt8>], by decoder: FrameDecoder) {
        var decoder = decoder
        for piece in pieces {
            piece.withUnsafeBytes { piece in
                var piece = piece
                do throws(ProtocolError) {
                    while let frame = try decoder.nextFrame(from: &piece) { messages.append(frame.message.spelled) }
                } catch {
                    self.error = error
                }
                decoder.append(piece)
            }
        }
        isAtBoundary = decoder.isAtBoundary
    }
}

extension Message {
    /// The message in ASCII, different wherever two messages differ in a single scalar.
    var spelled: String {
        "\(self)".unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
    }
}

extension FrameDecoder {
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }
}

/// The stream in two pieces, cut at every place in turn, and last of all byte by byte.
func everySplit(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    bytes.indices.map { [bytes[..<$0], bytes[$0...]] } + [bytes.indices.map { bytes[$0...$0] }]
}
