"""How a client closes in Python. Usage: client.py STRATEGY HOST PORT"""
import socket
import struct
import sys

strategy, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


def drain(peer):
    # recv() returns nothing at the end of the stream: the peer's FIN.
    while peer.recv(4096):
        pass


peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if strategy == "explicit-port":
    # Before bind(); the socket before this one must have had it too. create_connection(source_address=…) does not set it.
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    peer.bind(("", 5000))
# Without bind(), connect() takes an ephemeral port.
peer.connect((host, port))
peer.sendall(f"{strategy}\n".encode())
peer.recv(64)

if strategy == "passive":
    drain(peer)
elif strategy == "reset":
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
else:
    peer.shutdown(socket.SHUT_WR)
    drain(peer)
peer.close()
