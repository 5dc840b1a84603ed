"""A small internet on loopback: a site at the one public address, a canary at every other."""

import socketserver
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore

from tests.conftest import picture
from tests.net.tricks import PUBLIC

SPINS = "http://pictures.example/spin"


class Host(socketserver.ThreadingTCPServer):
    """Counts who comes. Answers `/to/N` with a redirect to a link of the list, a path of its files with that,
    all else with a picture."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.links: list[str] = []
        self.files: dict[str, bytes] = {}
        self.visits = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def to(self, link: str) -> str:
        """A public address that leads to the link."""
        self.links.append(link)
        return f"http://pictures.example/to/{len(self.links) - 1}"


class _Answer(socketserver.StreamRequestHandler):
    server: Host

    def handle(self) -> None:
        self.server.visits += 1
        path = self.rfile.readline().split(b" ")[1].decode()
        while self.rfile.readline().strip():
            pass
        body, status = self.server.files.get(path, picture()), "200 OK"
        if path.startswith("/to/"):
            link = self.server.links[int(path.removeprefix("/to/"))]
            status = f"302 Found\r\nLocation: {link}"
        elif path == "/spin":
            status = f"302 Found\r\nLocation: {SPINS}"
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)


class Streets(httpcore.AsyncNetworkBackend):
    """The one public address leads to the site, every other in the world to the canary."""

    def __init__(self, site: Host, canary: Host) -> None:
        self._site, self._canary = site, canary
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        there = self._site if host == PUBLIC else self._canary
        return await self._sockets.connect_tcp("127.0.0.1", there.port, timeout)


@contextmanager
def running(host: Host) -> Iterator[Host]:
    threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    with host:
        yield host
        host.shutdown()
