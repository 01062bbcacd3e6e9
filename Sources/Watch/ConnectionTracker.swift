package import TCPSockets

/// From the transitions of sockets to connections that are over: it keeps what lives, and nothing else.
///
/// It is given events in the order of their time. It asks others for what events do not tell, through `Questions`.
package struct ConnectionTracker {
    /// What others know.
    package struct Questions {
        /// The program of a thread that makes a call right now, or has just made one.
        let program: (Int32) -> SocketProgram?
        /// The state that the kernel's table has of a connection, if it has it.
        let state: (_ local: Endpoint, _ remote: Endpoint) -> TCPState?
        /// The kernel's word for a reason of a RST.
        let word: (Int) -> String?

        package init(
            program: @escaping (Int32) -> SocketProgram?, state: @escaping (Endpoint, Endpoint) -> TCPState?,
            word: @escaping (Int) -> String?
        ) {
            (self.program, self.state, self.word) = (program, state, word)
        }
    }

    package enum Result {
        case connection(EndedConnection)
        case failedConnect(FailedConnect)
    }

    /// The RST of a close() comes after the transition that it belongs to, by microseconds (net/ipv4/tcp.c, tcp_disconnect).
    private static let pauseForReset: UInt64 = 2_000_000
    /// After FIN-WAIT-2 without a program the kernel tells of no transition any more (net/ipv4/tcp_minisocks.c,
    /// tcp_time_wait): so long after it the table is asked what came of it.
    private static let pauseForFIN: UInt64 = 1_000_000_000
    /// How many RSTs without a socket are kept until what they ended is told.
    private static let limitOfStrayResets = 100_000

    private let questions: Questions
    private var lives: [UInt64: SocketLife] = [:]
    /// Those whose other end, if it is on this machine, was not seen yet.
    private var alone: [SocketEnds: SocketLife] = [:]
    /// Those that are over and not yet told, by the kernel's address, which another socket may have by now.
    private var over: [UInt64: SocketLife] = [:]
    private var afterReset = DueLives()
    private var afterFIN = DueLives()
    /// RSTs that belong to no full socket: of a port where nobody listens, or of TIME-WAIT.
    private var strayResets: [SocketEnds: (time: UInt64, reason: Int)] = [:]
    private var listening: Set<UInt16>
    private var lastLoss: UInt64 = 0
    private var results: [Result] = []

    /// RSTs that this machine sent without a socket, by the kernel's word: a port where nobody listens, for instance.
    package private(set) var resetsWithoutSocket: [String: Int] = [:]
    /// connect() given up by its own program before there was an answer.
    package private(set) var givenUp = 0
    /// Connections of which the end was lost.
    package private(set) var lostEnds = 0

    /// - Parameter listening: Ports that this machine listens on.
    package init(listening: Set<UInt16> = [], _ questions: Questions) {
        (self.listening, self.questions) = (listening, questions)
    }

    /// For tests.
    func life(at socket: UInt64) -> SocketLife? { lives[socket] }

    /// How many connections are not over, as far as they were seen; the two ends of one on this machine count once.
    package var liveCount: Int {
        lives.values.count { life in
            guard let peer = life.peer, peer.end == nil else { return true }
            return ObjectIdentifier(life) < ObjectIdentifier(peer)
        }
    }

    /// Whether something is over, and told once a while has passed.
    package var isWaiting: Bool { !afterReset.isEmpty || !afterFIN.isEmpty }

    /// Events were lost at some time before this one.
    package mutating func noteLoss(at time: UInt64) { lastLoss = max(lastLoss, time) }

    package mutating func take(_ event: KernelEvent) {
        finish(until: event.time)
        switch event.kind {
        case .transition(let old, let new):
            guard let old, let new else { return }
            move(event, from: old, to: new)
        case .resetSent(let reason): noteSent(event, reason)
        case .resetReceived: (lives[event.socket] ?? found(event))?.received = event.time
        }
    }

    /// What is over by now.
    ///
    /// - Parameter time: All events before it have been given.
    package mutating func takeResults(until time: UInt64) -> [Result] {
        finish(until: time)
        if strayResets.count > 100 {
            strayResets = strayResets.filter { $0.value.time + 2 * Self.pauseForFIN > time }
        }
        defer { results = [] }
        return results
    }

    private mutating func noteSent(_ event: KernelEvent, _ reason: Int) {
        let ends = SocketEnds(event)
        if let life = [over[event.socket], lives[event.socket]].compactMap(\.self).first(where: { $0.ends == ends }) {
            if life.sent == nil { life.sent = (event.time, reason) }
            return
        }
        if event.socket == 0 { resetsWithoutSocket[questions.word(reason) ?? "unknown", default: 0] += 1 }
        if strayResets.count < Self.limitOfStrayResets { strayResets[ends] = (event.time, reason) }
    }

    private mutating func move(_ event: KernelEvent, from old: TCPState, to new: TCPState) {
        if new == .listen { listening.insert(event.local.port) }
        if old == .listen, new == .synReceived { return begin(SocketLife(event, .accepted)) }
        guard old != .listen, new != .listen else { return }
        if old == .closed {
            guard new == .synSent else { return }
            let life = SocketLife(event, .connected)
            if event.isCall { life.program = questions.program(event.thread) }
            return begin(life)
        }
        let life = lives[event.socket] ?? found(event)
        life.ends = SocketEnds(event)
        defer { life.changed = event.time }
        switch new {
        case .established: pair(life)
        case .finWait1:
            life.note(.here, at: event.time)
            learnProgram(of: life, event)
        case .closeWait: life.note(.there, at: event.time)
        case .closing: life.note(.both, at: event.time)
        case .lastAck: learnProgram(of: life, event)
        case .closed: end(life, event, from: old)
        default: break
        }
    }

    private func learnProgram(of life: SocketLife, _ event: KernelEvent) {
        if event.isCall, life.program == nil { life.program = questions.program(event.thread) }
    }

    private mutating func begin(_ life: SocketLife) {
        if let earlier = lives.updateValue(life, forKey: life.socket) { lose(earlier) }
    }

    /// One that was there before the watch.
    private mutating func found(_ event: KernelEvent) -> SocketLife {
        let life = SocketLife(event, .unknown)
        if case .transition(let old?, _) = event.kind {
            switch old {
            case .finWait1, .finWait2: life.note(.here, at: event.time)
            case .closeWait, .lastAck: life.note(.there, at: event.time)
            case .closing: life.note(.both, at: event.time)
            default: break
            }
        }
        begin(life)
        pair(life)
        return life
    }

    /// Finds the other end on this machine; that of a new connection has become ESTABLISHED just before.
    private mutating func pair(_ life: SocketLife) {
        guard life.peer == nil else { return }
        if let other = alone[life.ends.reversed], other !== life, other.peer == nil {
            alone[life.ends.reversed] = nil
            (life.peer, other.peer) = (other, life)
        } else {
            alone[life.ends] = life
        }
    }

    private mutating func end(_ life: SocketLife, _ event: KernelEvent, from old: TCPState) {
        lives[life.socket] = nil
        if old == .synSent, event.isCall, life.received == nil {
            if event.local.port == 0 {
                results.append(.failedConnect(FailedConnect(remote: event.remote, program: life.program)))
            } else {
                givenUp += 1
            }
            return
        }
        life.end = (event.time, old)
        if life.received == nil { learnProgram(of: life, event) }
        over[life.socket] = life
        if life.peer == nil, old == .finWait2 {
            afterFIN.add(life, due: event.time + Self.pauseForFIN)
        } else if life.peer.map({ $0.end != nil }) ?? true {
            afterReset.add(life, due: event.time + Self.pauseForReset)
        }
    }

    private mutating func finish(until time: UInt64) {
        while let life = afterReset.next(until: time) { tell(life, held: nil) }
        while let life = afterFIN.next(until: time) {
            // Its other end may have shown itself on this machine, and is waited for.
            guard life.peer == nil, !life.isTold else { continue }
            tell(life, held: strayResets[life.ends] == nil ? questions.state(life.ends.local, life.ends.remote) : nil)
        }
    }

    private mutating func tell(_ life: SocketLife, held: TCPState?) {
        for life in [life, life.peer].compactMap(\.self) {
            life.isTold = true
            if alone[life.ends] === life { alone[life.ends] = nil }
            if over[life.socket] === life { over[life.socket] = nil }
            if life.sent == nil, let stray = strayResets.removeValue(forKey: life.ends) { life.sent = stray }
        }
        // The RST in answer to a SYN has no socket, and its sender may be this machine.
        let answer = life.end?.from == .synSent ? strayResets.removeValue(forKey: life.ends.reversed) : nil
        let connection = EndedConnection(
            life, isWhole: min(life.began, life.peer?.began ?? .max) > lastLoss, held: held, answer: answer,
            isServer: { [listening] in listening.contains($0) }, word: questions.word)
        life.peer?.peer = nil
        life.peer = nil
        results.append(.connection(connection))
    }

    /// Another socket has its place, so it is over, and that was not seen.
    private mutating func lose(_ life: SocketLife) {
        lostEnds += 1
        if alone[life.ends] === life { alone[life.ends] = nil }
        if let peer = life.peer, over[peer.socket] === peer { over[peer.socket] = nil }
        life.peer?.peer = nil
        life.peer = nil
    }
}
