"""An echo server for the chat protocol over Python's asyncio: asyncio_echo.py PORT"""
import asyncio
import sys

QUESTION, EXIT = 1, 3
LIMIT = 65536


class Echo(asyncio.Protocol):
    """A protocol and not a pair of streams: that is the quick way of asyncio."""

    def connection_made(self, transport):
        self.transport = transport
        self.kept = b""

    def pause_writing(self):
        self.transport.pause_reading()  # of a peer that reads no answers no more questions are taken

    def resume_writing(self):
        self.transport.resume_reading()

    def data_received(self, data):
        data = bytearray(self.kept + data)
        at = 0
        while len(data) - at >= 4:
            length = int.from_bytes(data[at:at + 4])
            if not 0 < length <= LIMIT:
                return self.transport.close()
            if len(data) - at < 4 + length:
                break
            if data[at + 4] != QUESTION:
                self.transport.write(data[:at])
                return self.transport.close()
            data[at + 4] = 2
            at += 4 + length
        self.kept = bytes(data[at:])
        if at:
            self.transport.write(data[:at])


async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    print("listening on 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
