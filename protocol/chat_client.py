#!/usr/bin/env python3
"""chat_client.py HOST PORT [IDENTITY]: asks each line of standard input. chat_client.py --vectors FILE: runs the vectors.
IDENTITY is a file with a name and its key, 32 bytes in base64, for a server that asks who you are.
Exit status: 0 ok, 64 wrong usage, 65 protocol error, 69 cannot connect, 74 lost, or ended by the server's error frame,
77 the server asks who you are."""
import base64, hashlib, hmac, io, itertools, json, re, select, socket, struct, sys
KINDS = {1: "client question", 2: "server answer", 3: "client exit", 4: "server error", 5: "server padding",
         6: "server challenge", 7: "client proof"}
LENGTHS = {"exit": range(1, 2), "error": range(3, 1 << 24), "challenge": range(33, 34), "proof": range(35, 99)}
class ProtocolError(Exception): pass
class IdentityNeeded(Exception): pass

def encode(kind, body=b""):
    return struct.pack(">IB", 1 + len(body), kind) + body

def proof(name, key, challenge):
    code = hmac.digest(key, b"chat identity 1\0" + challenge + name, hashlib.sha256)
    return encode(7, bytes([len(name)]) + name + code)

def messages(stream, sender="server", limit=65536):
    while head := stream.read(4):  # nothing: the stream ended between two frames
        length, = struct.unpack(">I", head)  # struct.error, here and below: it ended inside one
        if not 1 <= length <= limit: raise ProtocolError(1)
        number, = struct.unpack("B", stream.read(1))
        if number not in KINDS: raise ProtocolError(2)
        allowed, kind = KINDS[number].split()
        if allowed != sender or kind in LENGTHS and length not in LENGTHS[kind]: raise ProtocolError(4)
        first = stream.peek(1)[:1] if kind == "proof" else b""  # the length of the name
        if first and first[0] != length - 34: raise ProtocolError(4)
        body, = struct.unpack(f"{length - 1}s", stream.read(length - 1))
        text = {"padding": b"", "challenge": b"", "error": body[2:], "proof": body[1:-32]}.get(kind, body)
        try: text = text.decode()
        except UnicodeDecodeError: raise ProtocolError(3) from None
        code = int.from_bytes(body[:2], "big")
        rest = {"exit": {}, "error": {"code": code, "text": text}, "padding": {"length": len(body)},
                "challenge": {"bytes": body.hex()}, "proof": {"name": text, "hmac": body[-32:].hex()}}
        yield {"kind": kind, **rest.get(kind, {"text": text})}

def chat(peer, identity):
    replies = (reply for reply in messages(peer.makefile("rb")) if reply["kind"] != "padding")
    if identity and select.select([peer], [], [], 5)[0]:  # a server that asks who you are does so at once
        first = next(replies, None)
        if not first or first["kind"] != "challenge": raise ConnectionError(f"ended by the server: {first or 'FIN'}")
        peer.sendall(proof(identity[0].encode(), base64.b64decode(identity[1]), bytes.fromhex(first["bytes"])))
    elif identity: print("the server does not ask who you are", file=sys.stderr)
    for line in itertools.chain(sys.stdin.buffer, [b"exit"]):
        leaving = line.strip() == b"exit"
        if leaving: peer.settimeout(5)  # for a server that waits for this side to close first
        peer.sendall(encode(3) if leaving else encode(1, line.rstrip(b"\r\n")))
        reply = next(replies, None)
        if leaving and not reply: return  # the server has closed, as it should
        if reply and reply["kind"] == "challenge":
            raise ProtocolError(4) if identity else IdentityNeeded("give an IDENTITY")
        if not reply or reply["kind"] == "error": raise ConnectionError(f"ended by the server: {reply or 'FIN'}")
        if leaving: raise ProtocolError(4)
        print(re.sub("[\0-\x1f\x7f-\x9f]", lambda control: ascii(control[0])[1:-1], reply["text"]), flush=True)

def check(vectors):
    cases = [(group, case) for group in ("valid", "stream", "invalid", "truncated") for case in vectors[group]]
    for group, case in cases:
        wanted = case.get("messages", []) + [case[key] for key in ("message", "error") if key in case]
        for size in (None, case.get("early")):
            found, stream = [], io.BufferedReader(io.BytesIO(bytes.fromhex(case["hex"])[:size]))
            try:
                for message in messages(stream, case["sender"], case.get("limit", 65536)): found.append(message)
            except ProtocolError as error: found += error.args
            except struct.error: found.append("truncated")
            if found != wanted + ["truncated"] * (group == "truncated"): sys.exit(f"failed: {case['name']}")
    for case in vectors["proofs"]:
        key, challenge = (bytes.fromhex(case[part]) for part in ("key", "challenge"))
        if proof(case["identity"].encode(), key, challenge).hex() != case["hex"]: sys.exit(f"failed: {case['name']}")
    print(f"{len(cases) + len(vectors['proofs'])} vectors passed")

if __name__ == "__main__":
    if len(sys.argv) not in (3, 4): sys.exit(print(__doc__, file=sys.stderr) or 64)
    if sys.argv[1] == "--vectors": sys.exit(check(json.load(open(sys.argv[2]))))
    status = 69  # until connected
    try:
        identity = open(sys.argv[3]).read().split() if sys.argv[3:] else None
        peer, status = socket.create_connection(sys.argv[1:3]), 74
        chat(peer, identity)
    except IdentityNeeded as error: sys.exit(print(f"the server asks who you are: {error}", file=sys.stderr) or 77)
    except (ProtocolError, OSError, struct.error) as error:
        print("lost: truncated frame" if isinstance(error, struct.error) else repr(error), file=sys.stderr)
        sys.exit(65 if isinstance(error, ProtocolError) else status)
