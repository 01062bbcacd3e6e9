#!/usr/bin/env python3
"""chat_client.py HOST PORT: asks each line of standard input. chat_client.py --vectors FILE: checks the decoder.
Exit status: 0 ok, 64 wrong usage, 65 protocol error, 69 cannot connect, 74 lost, or ended by the server's error frame."""
import io, itertools, json, re, socket, struct, sys
KINDS = {1: "client question", 2: "server answer", 3: "client exit", 4: "server error", 5: "server padding"}
class ProtocolError(Exception): pass

def encode(kind, body=b""):
    return struct.pack(">IB", 1 + len(body), kind) + body

def messages(stream, sender="server", limit=65536):
    while head := stream.read(4):  # nothing: the stream ended between two frames
        length, = struct.unpack(">I", head)  # struct.error, here and below: it ended inside one
        if not 1 <= length <= limit: raise ProtocolError(1)
        number, = struct.unpack("B", stream.read(1))
        if number not in KINDS: raise ProtocolError(2)
        allowed, kind = KINDS[number].split()
        if allowed != sender or kind == "exit" and length > 1 or kind == "error" and length < 3: raise ProtocolError(4)
        body, = struct.unpack(f"{length - 1}s", stream.read(length - 1))
        try: text = "" if kind == "padding" else body[2 if kind == "error" else 0:].decode()
        except UnicodeDecodeError: raise ProtocolError(3) from None
        code = int.from_bytes(body[:2], "big")
        rest = {"exit": {}, "error": {"code": code, "text": text}, "padding": {"length": len(body)}}
        yield {"kind": kind, **rest.get(kind, {"text": text})}

def chat(peer):
    replies = (reply for reply in messages(peer.makefile("rb")) if reply["kind"] != "padding")
    for line in itertools.chain(sys.stdin.buffer, [b"exit"]):
        leaving = line.strip() == b"exit"
        if leaving: peer.settimeout(5)  # for a server that waits for this side to close first
        peer.sendall(encode(3) if leaving else encode(1, line.rstrip(b"\r\n")))
        reply = next(replies, None)
        if leaving and not reply: return  # the server has closed, as it should
        if not reply or reply["kind"] == "error": raise ConnectionError(f"ended by the server: {reply or 'FIN'}")
        if leaving: raise ProtocolError(4)
        print(re.sub("[\0-\x1f\x7f-\x9f]", lambda control: ascii(control[0])[1:-1], reply["text"]), flush=True)

def check(vectors):
    cases = [(group, case) for group in ("valid", "stream", "invalid", "truncated") for case in vectors[group]]
    for group, case in cases:
        wanted = case.get("messages", []) + [case[key] for key in ("message", "error") if key in case]
        for size in (None, case.get("early")):
            found, stream = [], io.BytesIO(bytes.fromhex(case["hex"])[:size])
            try:
                for message in messages(stream, case["sender"], case.get("limit", 65536)): found.append(message)
            except ProtocolError as error: found += error.args
            except struct.error: found.append("truncated")
            if found != wanted + ["truncated"] * (group == "truncated"): sys.exit(f"failed: {case['name']}")
    print(f"{len(cases)} vectors passed")

if __name__ == "__main__":
    if len(sys.argv) != 3: sys.exit(print(__doc__, file=sys.stderr) or 64)
    if sys.argv[1] == "--vectors": sys.exit(check(json.load(open(sys.argv[2]))))
    status = 69  # until connected
    try:
        peer, status = socket.create_connection(sys.argv[1:]), 74
        chat(peer)
    except (ProtocolError, OSError, struct.error) as error:
        print("lost: truncated frame" if isinstance(error, struct.error) else repr(error), file=sys.stderr)
        sys.exit(65 if isinstance(error, ProtocolError) else status)
