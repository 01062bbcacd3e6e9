#!/usr/bin/env python3
"""Whether chat-lab read and tshark see the same in captures: usage: agree.py CHAT-LAB FOLDER

Of each connection: its ends, and who sent the first FIN or RST. Where chat-lab says that FINs crossed, tshark must have seen
one from each side.
"""
import concurrent.futures
import json
import pathlib
import subprocess
import sys

LAB, FOLDER = sys.argv[1:]
FIELDS = ["tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "tcp.flags"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def by_tshark(path):
    """Of each stream: its ends, the first one to close, and all that sent a FIN."""
    streams = {}
    fields = [word for field in FIELDS for word in ("-e", field)]
    for line in run("tshark", "-r", path, "-Y", "tcp", "-T", "fields", *fields).splitlines():
        stream, four, six, port, to_four, to_six, to_port, flags = line.split("\t")
        source, target = f"{four or six} {port}", f"{to_four or to_six} {to_port}"
        seen = streams.setdefault(int(stream), {"client": source, "server": target, "first": None, "fins": set()})
        if int(flags, 16) & 5 and seen["first"] is None:
            seen["first"] = source
        if int(flags, 16) & 1:
            seen["fins"].add(source)
    return [streams[number] for number in sorted(streams)]


def end(text):
    host, _, port = text.rpartition(":")
    return f"{host.strip('[]')} {port}"


def agree(told, seen):
    if (end(told["client"]), end(told["server"])) != (seen["client"], seen["server"]):
        return False
    if told["firstToClose"] == "both":
        return len(seen["fins"]) == 2
    first = None if told["firstToClose"] == "none" else seen[told["firstToClose"]]
    return first == seen["first"]


def both(capture):
    told = json.loads(run(LAB, "read", str(capture), "--format", "json"))["connections"]
    return told, by_tshark(str(capture))


captures = sorted(pathlib.Path(FOLDER).rglob("*.pcap"))
connections = 0
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for capture, (told, seen) in zip(captures, pool.map(both, captures)):
        if len(told) != len(seen) or not all(map(agree, told, seen)):
            sys.exit(f"{capture}: {told} is not {seen}")
        connections += len(told)
if not captures or not connections:
    sys.exit(f"no capture below {FOLDER}")
print(f"tshark agrees on {connections} connections in {len(captures)} captures")
