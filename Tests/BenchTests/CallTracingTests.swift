import CLinux
import TCPSockets
import Testing

@testable import Bench

@Suite("System calls in the kernel's trace")
struct CallTracingTests {
    /// A line for each call, in the kernel's words (kernel/trace/trace_output.c).
    private func line(_ thread: Int, _ event: String, _ number: CInt, _ rest: String) -> String {
        "      a-b c [1]-\(thread)   [001] .....  1234.567890: \(event): NR \(number) \(rest)"
    }

    @Test("are read in order, by thread; those on Unix sockets are left out")
    func read() {
        let (bind, connect) = (clinux_bind_number(), clinux_connect_number())
        let text = [
            "# tracer: nop", line(7, "sys_enter", bind, "(3, 7ffd7bcd1e40, 10, 0, 0, 0)"),
            line(8, "sys_enter", connect, "(4, 7ffd7bcd1e40, 1c, 0, 0, 0)"), line(7, "sys_exit", bind, "= -98"),
            line(8, "sys_exit", connect, "= 0"), line(8, "sys_enter", connect, "(4, 7ffd7bcd1e40, 6e, 0, 0, 0)"),
            line(8, "sys_exit", connect, "= -2"), line(8, "sys_exit", connect, "= -111"), line(9, "sys_exit", 0, "= 1"),
        ]
        #expect(
            CallTracing.returns(in: text.joined(separator: "\n")) == [
                .init(call: .bind, errno: .addressInUse), .init(call: .connect, errno: nil),
            ])
    }
}
