// The bench on which experiments are made: two hosts, a wire in the laboratory's hands, programs that run on the hosts. It
// makes recordings. In reading order:
//
// Hosts/
//   Host, World           a network namespace with a TUN device; two of them and the wire between
//   CounterFiles          what a host's kernel counts
//   Requirements          what it takes, and what to do where it is missing
// Pace                    how fast this machine is, and so how long to wait
// Journal                 what happened until an experiment failed
// Wire/
//   WiredHost             what a wire joins: a Host, or a program with a TCP of its own
//   Wire                  carries each packet across, and looks at both hosts before and after
//   Rule                  what an experiment wants done with which segments
// Programs/
//   Program               a program that runs on a host
//   HostedCommand         a command of sh(1) that runs on a host, with all that it starts
//   CallTracing           what bind() and connect() returned to them, by the kernel's tracepoints
//   Chat                  chat-server and chat-client, and how they are called
//   Bulk                  a long message over sockets of the laboratory's own
// Tasks/                  a condition variable and a semaphore for tasks, threads
