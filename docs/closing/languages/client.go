// How a client closes in Go. Usage: client STRATEGY HOST PORT
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
)

func main() {
	strategy, address := os.Args[1], net.JoinHostPort(os.Args[2], os.Args[3])
	var dialer net.Dialer
	if strategy == "explicit-port" {
		dialer.LocalAddr = &net.TCPAddr{Port: 5000}
		// Before bind(), which a Dialer calls without it; the socket before this one must have had it too.
		dialer.Control = func(_, _ string, raw syscall.RawConn) error {
			var failure error
			err := raw.Control(func(fd uintptr) {
				failure = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
			})
			if err != nil {
				return err
			}
			return failure
		}
	}
	// Without LocalAddr, connect() takes an ephemeral port.
	connection, err := dialer.Dial("tcp4", address)
	check(err)
	peer := connection.(*net.TCPConn)
	fmt.Fprintln(peer, strategy)
	_, err = peer.Read(make([]byte, 64))
	check(err)

	switch strategy {
	case "passive":
		drain(peer)
	case "reset":
		check(peer.SetLinger(0))
	default:
		check(peer.CloseWrite())
		drain(peer)
	}
	check(peer.Close())
}

// Copy ends with io.EOF: the peer's FIN.
func drain(peer *net.TCPConn) {
	_, err := io.Copy(io.Discard, peer)
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
