/// How the kernel lays out a page of its ring buffer, and the header of an event in it, read from `events/header_page` and
/// `events/header_event`.
package struct PageFormat: Sendable, Hashable {
    let timestamp, commit: EventFormat.Field
    let data: Int
    let lengthBits: Int
    let padding, timeExtend, timeStamp: UInt32

    /// - Returns: nil where the texts are no such files.
    package init?(page: String, event: String) {
        let fields = EventFormat.fields(in: page.split(separator: "\n"))
        guard let timestamp = fields["timestamp"], let commit = fields["commit"], let data = fields["data"],
            timestamp.size == 8, commit.size == 8 || commit.size == 4
        else { return nil }
        (self.timestamp, self.commit, self.data) = (timestamp, commit, data.offset)
        // Lines such as "type_len : 5 bits" and "padding : type == 29".
        var numbers: [Substring: Int] = [:]
        for line in event.split(separator: "\n") {
            let words = line.split { $0.isWhitespace || $0 == ":" || $0 == "=" }
            if let name = words.first, let number = words.lazy.compactMap({ Int($0) }).first { numbers[name] = number }
        }
        guard let length = numbers["type_len"], let delta = numbers["time_delta"], length + delta == 32,
            let padding = numbers["padding"], let extend = numbers["time_extend"]
        else { return nil }
        lengthBits = length
        (self.padding, timeExtend) = (UInt32(padding), UInt32(extend))
        // Not told by kernels that never write one.
        timeStamp = UInt32(numbers["time_stamp"] ?? extend + 1)
    }
}
