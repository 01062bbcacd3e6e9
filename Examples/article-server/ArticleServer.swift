// The article's server, straight through: it answers each question with the question, one client after the other.
//
//     swift run article-server 7000
import ChatProtocol
import Glibc
import TCPSockets

@main
struct ArticleServer {
    static func main() throws {
        let listener = try TCPSocket(.v4)
        do {
            // Without this line a restart fails while connections that this server closed first are in TIME-WAIT.
            try listener.set(.reuseAddress, to: 1)
            let port = CommandLine.arguments.dropFirst().first.flatMap(UInt16.init) ?? 7000
            try listener.bind(to: Endpoint(.loopbackV4, port: port))
            try listener.listen()
            print("listening on \(try listener.localEndpoint())")
            fflush(nil)
            while true {
                _ = try wait(for: [.input(listener.descriptor)])
                var client: Endpoint?
                guard let socket = try listener.accept(peer: &client) else { continue }
                do {
                    try converse(socket)
                } catch {
                    print("\(client.map { "\($0)" } ?? "a client"): \(error)")
                }
                try socket.close()
            }
        } catch {
            try listener.close()
            throw error
        }
    }

    /// {recv → send}, until `exit` or the end of the stream.
    static func converse(_ socket: borrowing TCPSocket) throws {
        var decoder = FrameDecoder(from: .client)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            while let message = try decoder.next() {
                guard case .question(let text) = message else { return }
                var unsent = Frame.bytes(of: .answer(text))[...]
                while !unsent.isEmpty {
                    _ = try wait(for: [.output(socket.descriptor)])
                    unsent = unsent.dropFirst(try socket.send(unsent))
                }
            }
            _ = try wait(for: [.input(socket.descriptor)])
            switch try socket.receive(into: &buffer) {
            case .bytes(let count): buffer[..<count].withUnsafeBytes { decoder.append($0) }
            case .wouldBlock: continue
            case .endOfStream: return
            }
        }
    }
}
