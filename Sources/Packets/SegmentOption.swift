/// An option of the TCP header (RFC 9293 section 3.2).
package enum SegmentOption: Hashable, Sendable {
    /// RFC 9293 section 3.7.1.
    case maximumSegmentSize(UInt16)
    /// A shift count (RFC 7323 section 2).
    case windowScale(UInt8)
    /// RFC 2018 section 2.
    case selectiveAcknowledgementPermitted
    /// Blocks that have arrived ahead of their turn (RFC 2018 section 3).
    case selectiveAcknowledgement([Block])
    /// RFC 7323 section 3.
    case timestamps(value: UInt32, echo: UInt32)
    case other(kind: UInt8, bytes: [UInt8])

    package struct Block: Hashable, Sendable {
        package let start, end: UInt32
    }

    /// Reads the options of a header as far as they make sense.
    static func parse(_ bytes: ArraySlice<UInt8>) -> [SegmentOption] {
        var options: [SegmentOption] = []
        var rest = bytes
        while let kind = rest.first, kind != 0 {
            guard kind != 1 else {
                rest = rest.dropFirst()
                continue
            }
            guard rest.count >= 2 else { break }
            let length = Int(rest[rest.startIndex + 1])
            guard length >= 2, length <= rest.count else { break }
            options.append(SegmentOption(kind: kind, body: rest.dropFirst(2).prefix(length - 2)))
            rest = rest.dropFirst(length)
        }
        return options
    }

    private init(kind: UInt8, body: ArraySlice<UInt8>) {
        let start = body.startIndex
        switch (kind, body.count) {
        case (2, 2): self = .maximumSegmentSize(body.number(at: start))
        case (3, 1): self = .windowScale(body[start])
        case (4, 0): self = .selectiveAcknowledgementPermitted
        case (5, let count) where count > 0 && count % 8 == 0:
            let blocks = stride(from: start, to: body.endIndex, by: 8).map {
                Block(start: body.number(at: $0), end: body.number(at: $0 + 4))
            }
            self = .selectiveAcknowledgement(blocks)
        case (8, 8): self = .timestamps(value: body.number(at: start), echo: body.number(at: start + 4))
        default: self = .other(kind: kind, bytes: Array(body))
        }
    }

    /// As it stands in a header, padded to whole words with NOP.
    static func bytes(of options: [SegmentOption]) -> [UInt8] {
        var bytes = options.flatMap(\.bytes)
        while bytes.count % 4 != 0 { bytes.append(1) }
        return bytes
    }

    private var bytes: [UInt8] {
        switch self {
        case .maximumSegmentSize(let size): [2, 4] + size.bytes
        case .windowScale(let shift): [3, 3, shift]
        case .selectiveAcknowledgementPermitted: [4, 2]
        case .selectiveAcknowledgement(let blocks):
            [5, UInt8(2 + 8 * blocks.count)] + blocks.flatMap { $0.start.bytes + $0.end.bytes }
        case .timestamps(let value, let echo): [8, 10] + value.bytes + echo.bytes
        case .other(let kind, let body): [kind, UInt8(2 + body.count)] + body
        }
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// In network byte order.
    package var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
