import Recordings
import Stories
import Text

extension WatchFigures {
    /// What a watch of some seconds has shown, a sentence for each service and program, those with the most connections first.
    package func sentences(seconds: Int, top: Int = 10) -> [String] {
        guard all.ended > 0 else { return ["No connection ended in \(counted(seconds, "second"))."] }
        let rows = totals.sorted { ($1.value.ended, "\($0.key.service)") < ($0.value.ended, "\($1.key.service)") }
        let sentences = rows.prefix(top).map { key, count in Self.sentence(key, count, seconds) }
        return sentences
            + (rows.count > top ? ["… and \(counted(rows.count - top, "service")) more (--top)."] : [])
    }

    private static func sentence(_ key: Key, _ count: Count, _ seconds: Int) -> String {
        let parts = [(Outcome.Holder.server, key.server ?? "the server"), (.client, key.client ?? "the client")]
            .filter { count.first[$0.0] ?? 0 > 0 }.sorted { count.first[$0.0] ?? 0 > count.first[$1.0] ?? 0 }
            .map { "\($0.1 == "?" ? "the \($0.0.rawValue)" : $0.1) closed first in \(percent(count, $0.0)) %" }
        let both = (count.first[.both] ?? 0) > 0 ? ["both at once in \(percent(count, .both)) %"] : []
        let resets = count.resets.sorted { ($1.value, $0.key.reason) < ($0.value, $1.key.reason) }.prefix(3)
            .map { "\($0.key.reason) by the \($0.key.from.rawValue) \($0.value.grouped)" }
        return
            "\(key.service) (\(WatchTable.programs(key))): \(counted(count.ended, "connection")) ended in the last "
            + "\(seconds.grouped) s; "
            + ((parts + both).isEmpty ? "neither side was seen to close first" : (parts + both).joined(separator: ", "))
            + "."
            + (resets.isEmpty ? "" : " RST: \(resets.joined(separator: ", ")).")
    }

    private static func percent(_ count: Count, _ holder: Outcome.Holder) -> Int {
        WatchTable.percent(count.share(holder) ?? 0)
    }
}
