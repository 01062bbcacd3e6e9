// TCP sockets of Linux, with nothing hidden: who owns a descriptor, which call failed and why, and above
// all how a connection ends. It knows nothing of the chat. In reading order:
//
// Address/
//   IPAddress         IPv4 and IPv6 addresses
//   Endpoint          an address with a port; the C socket addresses
//   Resolver          names to endpoints
//   PortList          ports that the kernel is told to leave out
// Socket/
//   SystemCall        the one place that calls the kernel, restarts after EINTR, traces and throws
//   Errno             error numbers under their names
//   SocketError       which call failed, on what, and why
//   TCPSocket         the owner of one descriptor: socket, bind, listen, accept, connect, send, recv, close
//   SocketOption      options, set and read back
//   BindMode          who chooses the local port, and under which options
// Close/
//   CloseStrategy     the ten ways to end a connection
//   Closing           their execution
// Table/
//   TCPState          the states of RFC 9293
//   SocketTable       the kernel's own list of TCP sockets, with timers
//   SocketMessages    the messages in which it is asked and answers
//   SocketTimes       when a connection last did something
//   Counters          what the kernel counts
//   PortSettings      the settings that decide about ports
//   SmallFile         a file below /proc: whole, its first line, its number
//   KernelRelease     as uname(1) tells it
// Diagnosis/
//   AddressDiagnosis  why bind() or connect() failed, as a value; its extensions: after bind(), after connect()
//   AddressRequest    what a program had asked for
//   PortHolders       who has a port, and which of these are in the way of a bind()
//   PortHolder        one of them; AddressClaim, the addresses that it has
//   Possession        who has a socket open: SocketOwner, SocketOwners, ProcessFolder
//   EphemeralPorts    those that the kernel chooses from; PortShortage, that all are taken
//   AddressFault      why this host cannot have an address; LocalAddress, those that it has
//   ICMPError         what ended a connect() that no segment did
//   ConnectProbe      what connect() would do, asked of sockets that send nothing
//   SpareDescriptors  whether there are enough to look
//   Capabilities      what this process may do
// Wait/
//   Moment            a point in time, on the clock of the timers
//   Poller            epoll, with timers
//   Wait              poll() for programs that have only a few descriptors
//   Interrupter       what may end such a wait early
//   EventDescriptor   an eventfd that one thread signals another one with
//   Mailbox           messages for one thread from any thread
//   Signals           signals as readable events
//   Thread            a thread of its own, waited for or not
// Trace/
//   Trace             every call as it happens, as text or as JSON
//   MonotonicClock    the clock of its times
