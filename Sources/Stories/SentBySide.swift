import Packets

/// What one side of a connection has sent, as far as it was seen; positions are those of its `SequenceLine`.
struct SentBySide {
    /// The end of a side: its first FIN or RST.
    struct Mark {
        /// Its place among all segments of the connection.
        let order: Int
        /// Where it stands on the line of its side.
        let position: Int
        /// Up to where it acknowledges the other side, on that side's line; nil without ACK, or where that side was not seen.
        let acknowledges: Int?
        let time: Double
    }

    private(set) var line: SequenceLine?
    private(set) var initial: UInt32?
    /// The number of its SYN by the other side's answer, where the answer was seen first.
    var answeredSYN: UInt32?
    /// Where data begins: behind the SYN, or where the recording does.
    private var start = 1
    /// Behind the last byte of data.
    private var dataEnd = 1
    /// Behind everything, SYN and FIN included.
    private var end = 0
    private(set) var acknowledged: Int?
    private(set) var fin: Mark?
    private(set) var finCount = 0
    private(set) var reset: (mark: Mark, hasACK: Bool)?
    /// Its FIN or its RST, whichever came first.
    var close: Mark? {
        guard let fin else { return reset?.mark }
        guard let reset, reset.mark.order < fin.order else { return fin }
        return reset.mark
    }
    private(set) var retransmitted = 0
    private(set) var hasSentACK = false
    private(set) var synCount = 0
    /// When something was last sent for the first time, and when it last came again.
    private(set) var times: (new: Double, again: Double?) = (0, nil)

    var isSeen: Bool { line != nil }
    var bytes: Int { dataEnd - start }
    /// Bytes of data without acknowledgement.
    var unacknowledged: Int { max(0, dataEnd - max(start, acknowledged ?? start)) }
    var isFINAcknowledged: Bool { fin.map { (acknowledged ?? 0) > $0.position } ?? false }
    /// Whether something that was sent is not acknowledged.
    var awaitsAcknowledgement: Bool { end > (acknowledged ?? 0) }
    /// The number behind everything that it sent; nil where it was not seen.
    var next: UInt32? { line?.number(at: end) }
    /// Whether data beyond this position was sent.
    func hasData(behind position: Int) -> Bool { dataEnd > position }

    /// The other side has acknowledged everything before this number.
    mutating func acknowledge(_ number: UInt32) {
        guard let position = line?.position(of: number), position <= end, position > acknowledged ?? 0 else { return }
        acknowledged = position
    }

    /// - Parameters:
    ///   - order: Its place among all segments of the connection.
    ///   - acknowledges: Where on the other side's line it acknowledges.
    mutating func send(_ segment: SegmentHeader, at time: Double, order: Int, acknowledges: Int?) {
        let isSYN = segment.flags.contains(.syn)
        let isFIN = segment.flags.contains(.fin)
        if line == nil {
            line = SequenceLine(segment.sequence, at: isSYN ? 0 : 1)
            end = isSYN ? 0 : 1
            // What was before the recording counts as acknowledged.
            if !isSYN { acknowledged = 1 }
        }
        guard var line else { return }
        if segment.flags.contains(.ack) { hasSentACK = true }
        let position = line.position(of: segment.sequence)
        if segment.flags.contains(.rst) {
            let mark = Mark(order: order, position: position, acknowledges: acknowledges, time: time)
            reset = reset ?? (mark, segment.flags.contains(.ack))
            return
        }
        if isSYN {
            initial = initial ?? segment.sequence
            synCount += 1
        }
        let dataStart = position + (isSYN ? 1 : 0)
        let length = (isSYN ? 1 : 0) + segment.payloadLength + (isFIN ? 1 : 0)
        let segmentEnd = position + length
        if length == 0 || isProbe(segment, position) {
            // Nothing that could come again.
        } else if segmentEnd <= end {
            retransmitted += 1
            times.again = time
        } else {
            times.new = time
        }
        guard !isProbe(segment, position) else { return }
        if segment.payloadLength > 0 { dataEnd = max(dataEnd, dataStart + segment.payloadLength) }
        if isFIN {
            finCount += 1
            let place = dataStart + segment.payloadLength
            fin = fin ?? Mark(order: order, position: place, acknowledges: acknowledges, time: time)
        }
        end = max(end, segmentEnd)
        line.advance(to: end)
        self.line = line
    }

    /// A keepalive probe: the number before the next one, with no byte or one that is nothing new (RFC 9293 section 3.8.4).
    private func isProbe(_ segment: SegmentHeader, _ position: Int) -> Bool {
        position == end - 1 && segment.payloadLength <= 1 && segment.flags.isSubset(of: [.ack, .psh])
            && !awaitsAcknowledgement && fin == nil
    }
}
