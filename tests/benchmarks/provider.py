"""The three providers as one fast process: `python -m tests.benchmarks.provider PORT`.

It checks nothing (the sandbox does that) and draws nothing, so that a benchmark times the studio and not
this. A prompt says how long its task takes and how large its picture is: "takes 1.5 s, large".
"""

import asyncio
import base64
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.benchmarks.pictures import pictures

TAKES = re.compile(rb"takes ([0-9.]+) s")
LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class Task:
    """What happened to one task, in seconds of the machine's monotonic clock."""

    takes: float
    size: str
    submitted: float = field(default_factory=time.monotonic)
    looks: int = 0
    """Requests that asked how it stands."""
    noticed: float = 0.0
    """The first request that learnt of its end: BFL's last poll, fal's request for the result."""

    @property
    def ready(self) -> float:
        return self.submitted + self.takes


@dataclass
class Desk:
    """All tasks, and answers made in advance."""

    base: str
    tasks: list[Task] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = pictures()
        self.inline = {name: _generated(data) for name, data in self.files.items()}

    def accept(self, body: bytes) -> int:
        found = TAKES.search(body)
        self.tasks.append(Task(float(found[1]) if found else 0.0, "large" if b"large" in body else "small"))
        return len(self.tasks) - 1

    def bfl_submitted(self, number: int) -> bytes:
        return _json({"id": str(number), "polling_url": f"{self.base}/bfl/poll/{number}", "cost": 3})

    def bfl_polled(self, number: int) -> bytes:
        task, now = self.tasks[number], time.monotonic()
        task.looks += 1
        if now < task.ready:
            return _json({"id": str(number), "status": "Pending", "result": None})
        task.noticed = task.noticed or now
        sample = f"{self.base}/files/{task.size}"
        return _json({"id": str(number), "status": "Ready", "result": {"sample": sample}})

    def fal_submitted(self, number: int) -> bytes:
        url = f"{self.base}/fal/requests/{number}"
        urls = {"status_url": f"{url}/status", "response_url": url, "cancel_url": f"{url}/cancel"}
        return _json({"status": "IN_QUEUE", "request_id": str(number), "queue_position": 0, **urls})

    def fal_status(self, number: int) -> bytes:
        task = self.tasks[number]
        task.looks += 1
        return _json({"status": "COMPLETED" if time.monotonic() >= task.ready else "IN_PROGRESS"})

    def fal_result(self, number: int) -> bytes:
        task = self.tasks[number]
        task.noticed = task.noticed or time.monotonic()
        return _json({"images": [{"url": f"{self.base}/files/{task.size}", "content_type": "image/png"}]})

    def log(self) -> bytes:
        """Everything since the last time this was asked for."""
        lines = [asdict(task) | {"ready": task.ready} for task in self.tasks]
        self.tasks.clear()
        return _json(lines)


class Connection(asyncio.Protocol):
    """Just enough of HTTP/1.1: keep-alive, bodies with a length, one request after the other."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end])
        found = LENGTH.search(head)
        whole = end + 4 + (int(found[1]) if found else 0)
        if len(self.buffer) >= whole:
            body = bytes(self.buffer[end + 4 : whole])
            del self.buffer[:whole]
            method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            self.serve(method, path, body)

    def serve(self, method: str, path: str, body: bytes) -> None:
        desk, steps = self.desk, path.split("?")[0].strip("/").split("/")
        match method, steps:
            case "GET", ["files", size]:
                self.send(desk.files[size], b"image/png")
            case "POST", ["bfl", *_]:
                self.send(desk.bfl_submitted(desk.accept(body)))
            case "GET", ["bfl", "poll", number]:
                self.send(desk.bfl_polled(int(number)))
            case "POST", ["fal", *_]:
                self.send(desk.fal_submitted(desk.accept(body)))
            case "GET", ["fal", "requests", number]:
                self.send(desk.fal_result(int(number)))
            case "GET", ["fal", "requests", number, "status"]:
                self.send(desk.fal_status(int(number)))
            case "GET", ["fal", "requests", number, "status", "stream"]:
                self.push(desk.tasks[int(number)])
            case "POST", ["google", *_]:
                task = desk.tasks[desk.accept(body)]
                self.at(task.ready, lambda: self.send(desk.inline[task.size]))
            case _:
                self.send(desk.log())

    def send(self, content: bytes, kind: bytes = b"application/json") -> None:
        self.transport.writelines([OK % (kind, len(content)), content])

    def push(self, task: Task) -> None:
        """fal's stream: a status at each change, then the end."""
        task.looks += 1
        self.transport.write(STREAM + _event("IN_PROGRESS"))
        self.at(task.ready, lambda: self.transport.write(_event("COMPLETED") + b"0\r\n\r\n"))

    @staticmethod
    def at(when: float, then: Callable[[], None]) -> None:
        if when <= time.monotonic():
            then()
        else:
            asyncio.get_running_loop().call_at(when, then)


def _generated(data: bytes) -> bytes:
    inline = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(data).decode()}}
    return _json({"candidates": [{"content": {"parts": [inline]}, "finishReason": "STOP"}]})


def _event(status: str) -> bytes:
    data = b'data: {"status": "%s"}\r\n\r\n' % status.encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


async def main(port: int) -> None:
    """Serve on loopback until killed."""
    desk = Desk(f"http://127.0.0.1:{port}")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(desk), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
