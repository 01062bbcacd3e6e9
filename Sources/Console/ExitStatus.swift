import TCPSockets

/// The exit codes of the programs, those of sysexits.h where it has one.
package enum ExitStatus: Int32, Sendable, Hashable {
    case success = 0
    /// Something was found that differs from what it was compared with, as with cmp(1).
    case different = 1
    /// EX_USAGE: a flag that is wrong.
    case usage = 64
    /// EX_DATAERR: the peer, or the input, broke the protocol.
    case dataError = 65
    /// EX_NOINPUT: an input file that cannot be opened.
    case noInput = 66
    /// EX_NOHOST: the name is unknown.
    case hostUnknown = 68
    /// EX_UNAVAILABLE: unreachable, refused, or an address that a live socket holds.
    case unavailable = 69
    /// EX_SOFTWARE: something that should not happen.
    case software = 70
    /// EX_IOERR: the connection was lost, or a result cannot be written.
    case connectionLost = 74
    /// EX_TEMPFAIL: the port is in TIME-WAIT, or no port is left; it passes by itself.
    case tryAgainLater = 75
    /// EX_NOPERM: not permitted.
    case notPermitted = 77
    /// 128 + SIGINT.
    case interrupted = 130
    /// 128 + SIGPIPE: the reader of the output has gone away, also where that signal is ignored.
    case readerGone = 141
    /// 128 + SIGTERM.
    case terminated = 143

    /// The code for an error of the socket layer.
    package init(_ error: any Error) {
        switch error {
        case let diagnosis as AddressDiagnosis: self.init(diagnosis)
        case let error as SocketError: self.init(error)
        case is UnknownHost: self = .hostUnknown
        case is LookupTimedOut: self = .unavailable
        case let lost as LostResult: self = lost.isReaderGone ? .readerGone : .connectionLost
        default: self = .software
        }
    }

    private init(_ diagnosis: AddressDiagnosis) {
        switch diagnosis.reason {
        case _ where diagnosis.isToPass: self = .tryAgainLater
        case .privilegedPort: self = .notPermitted
        case .held, .connectedToItself, .refused, .noAnswer, .notUnicast, .noRoute, .unreachableByRoute,
            .unusableAddress,
            .familyMissing:
            self = .unavailable
        default: self.init(diagnosis.error)
        }
    }

    private init(_ error: SocketError) {
        switch error.errno {
        case .permissionDenied, .notPermitted: self = .notPermitted
        case _ where error.call == .connect || error.call == .bind || error.call == .listen: self = .unavailable
        case _ where error.endsConnection: self = .connectionLost
        default: self = .software
        }
    }
}
