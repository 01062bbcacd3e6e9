import Packets
import Recordings
import Reports
import Stories
import Text

// The sentences of a report on traffic, for a terminal and a page alike.

extension TrafficReport {
    /// What it was, in a line.
    var headline: String {
        let time = span.map { ", \(seconds($0.upperBound - $0.lowerBound))" } ?? ""
        return
            "\(visible(source)): \(counted(summary.connections, "connection")) in \(counted(packets, "packet"))\(time)."
    }

    /// What is not in the figures, and what the figures do not tell.
    var remarks: [String] {
        var remarks: [String] = []
        let left = Packet.Other.allCases.compactMap { other in
            others[other].map { "\($0.grouped) \(other.words)" }
        }
        if !left.isEmpty { remarks.append("Not read, packets: \(left.joined(separator: "; ")).") }
        let all = summary.all
        if all.guessedOpeners > 0 {
            remarks.append(
                "No SYN was seen for \(counted(all.guessedOpeners, "connection")): the client there is a guess.")
        }
        if all.oneSided > 0 {
            remarks.append("Only one direction was seen of \(counted(all.oneSided, "connection")).")
        }
        if all.crossed > 0 {
            remarks.append(
                "Crossed FINs are recognised by their acknowledgement numbers: one capture point does not see the order."
            )
        }
        if lateSegments > 0 {
            remarks.append("\(counted(lateSegments, "segment")) came after their connections were over.")
        }
        if forgotten > 0 {
            remarks.append(
                "\(counted(forgotten, "connection")) had to be dropped before the end, because too many were open "
                    + "at once."
            )
        }
        if let dropped, dropped > 0 {
            remarks.append("The kernel dropped \(counted(dropped, "packet")): the figures are too low.")
        }
        if !summary.hosts(timeWaits).isEmpty {
            remarks.append("TIME-WAIT follows from the segments, and is counted as 60 s, as on Linux.")
        }
        return remarks
    }

    private func seconds(_ time: Double) -> String { time < 10 ? "\(time.fixed(3)) s" : "\(time.fixed(1)) s" }
}

extension Packet.Other {
    fileprivate var words: String {
        switch self {
        case .notTCP: "of UDP, ICMP and others"
        case .notIP: "not IP"
        case .fragment: "IP fragments"
        case .tunnel: "in tunnels"
        case .cut: "captured too short"
        case .damaged: "with headers that contradict themselves"
        case .unknownLink: "of an unsupported link type"
        }
    }
}

extension TrafficSummary.Service {
    /// What there is to tell, each as a name and a text.
    var facts: [(name: String, text: String)] {
        var facts: [(String, String)] = [("closed first", firsts)]
        for (kind, count) in resets.sorted(by: { ($1.value, $0.key.words) < ($0.value, $1.key.words) }) {
            facts.append(("reset", "\(count.grouped) by the \(kind.from.rawValue): \(kind.words)"))
        }
        let others: [(String, Int)] = [
            ("refused", refused), ("unanswered", unanswered), ("timed out", timedOut),
            ("half-closed for 10 s or more", halfClosed), ("endings with a FIN sent again", repeatedEndings),
            ("with old duplicates", oldDuplicates), ("reset with data unacknowledged", resetsWithData),
            ("client's window 0 at the end", zeroWindows.client), ("server's window 0 at the end", zeroWindows.server),
        ]
        let told = others.filter { $0.1 > 0 }.map { "\($0.0) \($0.1.grouped)" }
        if !told.isEmpty { facts.append(("else", told.joined(separator: ", "))) }
        return facts
    }

    private var firsts: String {
        func side(_ name: String, _ side: Side) -> String? {
            let parts = [("FIN", firstFIN[side]), ("RST", firstRST[side])].filter { $0.1 > 0 }
            guard !parts.isEmpty else { return nil }
            let how = parts.map { "\($0.1.grouped) with a \($0.0)" }.joined(separator: ", ")
            return "\(name) \((firstFIN[side] + firstRST[side]).grouped) (\(how))"
        }
        let parts = [
            side("client", .client), side("server", .server), crossed > 0 ? "both at once \(crossed.grouped)" : nil,
            notClosed > 0 ? "nobody \(notClosed.grouped)" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "-" : parts.joined(separator: ", ")
    }
}

extension TrafficSummary.ResetKind {
    fileprivate var words: String {
        if cause != .unknown { return cause.words }
        return candidates.isEmpty ? "unknown" : "one of: \(candidates.map(\.words).joined(separator: ", "))"
    }
}

extension TrafficSummary.Host {
    var words: String {
        var parts = timeWaits > 0 ? ["up to \(timeWaits.grouped) in TIME-WAIT at once"] : []
        let all = reuses.values.reduce(0, +)
        if all > 0 {
            let ways = TrafficConnection.Reuse.allCases.compactMap { way in
                reuses[way].map { "\($0.grouped) \(way.rawValue)" }
            }
            parts.append("\(counted(all, "port")) taken up again within 60 s (\(ways.joined(separator: ", ")))")
        }
        return parts.joined(separator: "; ")
    }
}

extension TrafficConnection {
    /// Its story in one sentence, with what is a guess in it.
    var sentence: String {
        let guess = story.openerSeen ? "" : " No SYN was seen: the client is a guess."
        return "\(StorySentence(story, timeWaitSeconds: nil))\(guess)".capitalisedFirst
    }

    /// Such as `192.0.2.1:40000 → 192.0.2.2:80`.
    var ends: String { "\(story.client) → \(story.server)" }

    var duration: String { "\(story.seconds.fixed(story.seconds < 10 ? 3 : 1)) s" }
}

extension TrafficConnection.Oddity {
    var words: String {
        switch self {
        case .resetWithData(let bytes): "reset with \(counted(bytes, "byte")) unacknowledged"
        case .oldDuplicates(let count): "\(counted(count, "old duplicate")) of the connection before it"
        case .zeroWindow(let side): "the \(side.rawValue) had closed its window: it did not read"
        case .timedOut: "timed out"
        case .halfClosed(let seconds): "half-closed for \(seconds.fixed(1)) s"
        case .reset: "reset"
        case .unanswered: "no answer to the SYN"
        case .repeatedFINs(let count): "a FIN sent again, \(count == 1 ? "once" : "\(count.grouped) times")"
        case .refused: "refused"
        case .crossing: "FINs that crossed"
        case .reuse(let reuse): "the port taken up again within 60 s: \(reuse.rawValue)"
        }
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
