import Console
import Foundation
import Testing

@Suite("Writing a line", .timeLimit(.minutes(5)))
struct WriteLineTests {
    @Test("hands it over whole, with its newline")
    func whole() throws {
        let pipe = Pipe()
        #expect(writeLine("héllo", to: pipe.fileHandleForWriting.fileDescriptor))
        try pipe.fileHandleForWriting.close()
        #expect(try pipe.fileHandleForReading.readToEnd() == Data("héllo\n".utf8))
    }

    @Test("says so when nobody can take it")
    func failed() {
        #expect(!writeLine("lost", to: -1))
    }

    @Test("A pipe is no terminal")
    func noTerminal() {
        #expect(!isTerminal(Pipe().fileHandleForReading.fileDescriptor))
    }
}
