// The article's client, straight through: a line is a question, `exit` ends the conversation.
//
//     swift run article-client 7000
import ChatProtocol
import TCPSockets

@main
struct ArticleClient {
    static func main() throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap(UInt16.init) ?? 7000
        let server = Endpoint(.loopbackV4, port: port)
        let socket = try TCPSocket(.v4)
        do {
            // The port that its author took. Without this line the kernel chooses one, and none of this happens.
            try socket.bind(to: Endpoint(.anyV4, port: 50_001))
            if try socket.connect(to: server) == .inProgress {
                _ = try wait(for: [.output(socket.descriptor)])
                if let errno = try socket.pendingError() { throw SocketError(.connect, errno, endpoint: server) }
            }
            try converse(socket)
        } catch {
            // Whatever happens, a socket is closed: one that is forgotten ends the program.
            try socket.close()
            throw error
        }
        // The client closes first: its port is in TIME-WAIT now, and the next run cannot bind() it for a minute.
        try socket.close()
    }

    /// {send → recv}
    static func converse(_ socket: borrowing TCPSocket) throws {
        var decoder = FrameDecoder(from: .server)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while let line = readLine() {
            let message = Message(typed: line)
            var unsent = Frame.bytes(of: message)[...]
            while !unsent.isEmpty {
                _ = try wait(for: [.output(socket.descriptor)])
                unsent = unsent.dropFirst(try socket.send(unsent))
            }
            if message == .exit { return }
            var answer = try decoder.next()
            while answer == nil {
                _ = try wait(for: [.input(socket.descriptor)])
                switch try socket.receive(into: &buffer) {
                case .bytes(let count): buffer[..<count].withUnsafeBytes { decoder.append($0) }
                case .wouldBlock: continue
                case .endOfStream: return print("the server closed first")
                }
                answer = try decoder.next()
            }
            if case .answer(let text) = answer { print(text) }
        }
    }
}
