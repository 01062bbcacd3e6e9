"""What the clients talk to. It answers a line; to "passive" it closes first, to all others it still has much to say once the
client has sent its FIN. Usage: server.py PORT"""
import socket
import sys

listener = socket.create_server(("", int(sys.argv[1])))
while True:
    peer, _ = listener.accept()
    with peer:
        try:
            line = peer.recv(64)
            peer.sendall(b"answer\n")
            if line != b"passive\n":
                while peer.recv(4096):
                    pass
                peer.sendall(bytes(100_000))
        except ConnectionResetError:
            pass
