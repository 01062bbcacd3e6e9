import Packets

/// The two ends of a connection, whoever of them sent the segment.
struct FlowKey: Hashable {
    let low, high: PackedEnd

    init(_ segment: SegmentFields) {
        if segment.source.comesBefore(segment.destination) {
            (low, high) = (segment.source, segment.destination)
        } else {
            (low, high) = (segment.destination, segment.source)
        }
    }
}
