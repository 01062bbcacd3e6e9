package import ChatProtocol
package import TCPSockets

/// How a conversation can end other than by its strategy.
package enum LoadFailure: Hashable, Sendable {
    /// A call failed.
    case call(SocketError)
    /// The server sent an error frame.
    case refused(ErrorCode)
    /// The server asks who this is.
    case challenged
    /// The server sent what the protocol does not allow.
    case protocolBroken(String)
    /// The server closed although it owed an answer.
    case endOfStream
    /// The server closed inside a frame.
    case truncated
    /// `passive` or `half-close` waited for the server's FIN in vain.
    case serverDidNotClose
    /// An option that the kernel did not take.
    case option(String)
    /// The run and its grace were over before the conversation.
    case unfinished

    /// The name under which it is counted: the errno, where there is one.
    package var name: String {
        switch self {
        case .call(let error): error.errno.name
        case .refused(let code): "refused: \(code)"
        case .challenged: "challenged"
        case .protocolBroken: "protocol broken"
        case .endOfStream: "end of stream"
        case .truncated: "truncated"
        case .serverDidNotClose: "server did not close"
        case .option: "option not taken"
        case .unfinished: "unfinished"
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as SocketError: self = .call(error)
        case let error as ProtocolError: self = .protocolBroken("\(error)")
        default: self = .option("\(error)")
        }
    }

    /// What ran out, if that is why.
    ///
    /// - Parameter diagnosis: What the kernel's tables say of a failed connect(): EADDRNOTAVAIL is no want of ports where
    ///   this host has no address to call from.
    func resource(_ diagnosis: AddressDiagnosis?) -> Exhaustion.Resource? {
        guard case .call(let error) = self else { return nil }
        switch (error.call, error.errno) {
        case (.connect, .addressNotAvailable), (.connect, .addressInUse):
            return switch diagnosis?.reason {
            case .unusableAddress, .unread: nil
            default: .ports
            }
        case (.socket, .tooManyOpenFiles), (.socket, .tooManyOpenFilesInSystem): return .descriptors
        default: return nil
        }
    }
}

extension LoadFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .call(let error): error.description
        case .refused(let code): "the server refused: \(code)"
        case .challenged: "the server asks for a proof of identity, which chat-load cannot give"
        case .protocolBroken(let text): "the server broke the protocol: it sent \(text)"
        case .endOfStream: "the server closed the connection (FIN) without answering"
        case .truncated: "the server closed the connection (FIN) inside a frame"
        case .serverDidNotClose: "the server did not close in time; closed first"
        case .option(let text): text
        case .unfinished: "not finished when the time was up"
        }
    }
}
