/// The program that made a call on a socket.
package struct SocketProgram: Sendable, Hashable {
    /// Its process number, as this program would have to use it.
    package let pid: Int32
    package let name: String
    /// Whether it is in another network namespace than this program; nil where that could not be seen any more.
    package let isElsewhere: Bool?

    package init(pid: Int32, name: String, isElsewhere: Bool? = false) {
        (self.pid, self.name, self.isElsewhere) = (pid, name, isElsewhere)
    }
}
