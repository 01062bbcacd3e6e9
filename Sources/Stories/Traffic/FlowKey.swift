import Packets

/// The two ends of a connection, whoever of them sent the segment.
struct FlowKey: Hashable {
    let low, high: PackedEnd

    init(_ source: PackedEnd, _ destination: PackedEnd) {
        (low, high) = source.comesBefore(destination) ? (source, destination) : (destination, source)
    }
}
