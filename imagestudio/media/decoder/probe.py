"""What code that took over a decoding process would get at: tried, in one."""

import socket
from dataclasses import dataclass
from pathlib import Path

from imagestudio.media.decoder.process import Process


@dataclass(frozen=True, slots=True)
class Reach:
    """What it got at."""

    files: bool
    """The data folder's."""
    network: bool


def probe(path: Path, process: Process | None = None) -> Reach:
    """Whether a decoding process reads a file, or folder, and connects to a port of this machine. Blocking.
    Raises `Broken`."""
    process = process or Process()
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            facts = {"task": "probe", "file": str(path), "port": server.getsockname()[1]}
            answer, _ = process.ask(facts, b"")
    finally:
        process.end()
    return Reach(bool(answer.get("files")), bool(answer.get("network")))
