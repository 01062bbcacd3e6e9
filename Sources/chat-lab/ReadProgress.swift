import Console
import Text

/// How far a long file is read, on standard error's terminal, once it takes over a second.
final class ReadProgress {
    private let name: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var next: ContinuousClock.Instant
    private var isDrawn = false

    init(name: String, isShown: Bool) {
        self.name = visible(name)
        self.isShown = isShown && isTerminal(2)
        next = start + .seconds(1)
    }

    func show(_ bytes: Int, of size: Int?) {
        let now = ContinuousClock.now
        guard isShown, now >= next else { return }
        (next, isDrawn) = (now + .milliseconds(100), true)
        let megabytes = "\((Double(bytes) / 1e6).fixed(1)) MB"
        let part = size.map { $0 > 0 ? ", \(bytes * 100 / $0) %" : "" } ?? ""
        overwriteLine("reading \(name): \(megabytes)\(part), \((now - start).inTenths) s")
    }

    func erase() {
        if isDrawn { overwriteLine("") }
    }
}
