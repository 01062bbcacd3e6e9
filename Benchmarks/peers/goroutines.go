// An echo server for the chat protocol over Go's net, a goroutine a connection: goroutines PORT
package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
)

const (
	question = 1
	answer   = 2
	limit    = 65536
)

func converse(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 4096)
	end := 0
	for {
		if end == len(buffer) {
			buffer = append(buffer, make([]byte, end)...)
		}
		count, err := connection.Read(buffer[end:])
		if err != nil {
			return
		}
		end += count
		at, over := 0, false
		for end-at >= 4 {
			length := int(binary.BigEndian.Uint32(buffer[at:]))
			over = length == 0 || length > limit
			if over || end-at < 4+length {
				break
			}
			over = buffer[at+4] != question
			if over {
				break
			}
			buffer[at+4] = answer
			at += 4 + length
		}
		// An empty Write would be a system call all the same.
		if at > 0 {
			if _, err := connection.Write(buffer[:at]); err != nil {
				return
			}
		}
		if over {
			return
		}
		copy(buffer, buffer[at:end])
		end -= at
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go converse(connection)
	}
}
