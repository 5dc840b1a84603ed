"""A little internet on loopback: names, a dialer that takes every address to one site, and a certificate.

What the dialer is asked for would have been connected to: a refused link must leave `internet.dialed` empty.
"""

import asyncio
import datetime
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from imagestudio.net import Fetcher, FetchError

PUBLIC = "93.184.215.14"


class Site:
    """Answers each path with the bytes given for it, then hangs up, or waits for the other side to."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.hangs: set[str] = set()
        self.drips: set[str] = set()
        """Paths whose answer is followed by a byte now and then, for as long as somebody listens."""
        self.pace: dict[str, int] = {}
        """Bytes of the answer that go out ten times a second."""
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.answered = asyncio.Event()

    def answer(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: str = "200 OK",
        length: int | None = None,
        **headers: str,
    ) -> None:
        """A whole response for this path; `length` is what it claims, where that is not the truth."""
        lines = [f"HTTP/1.1 {status}", f"content-length: {len(body) if length is None else length}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.pages[path] = "\r\n".join([*lines, "connection: close", "", ""]).encode() + body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if length := re.search(r"content-length: ([0-9]+)", head.lower()):
                self.bodies.append(await reader.readexactly(int(length[1])))
            path = head.split(" ")[1]
            step = self.pace.get(path, len(self.pages[path]) or 1)
            for start in range(0, len(self.pages[path]), step):
                writer.write(self.pages[path][start : start + step])
                await writer.drain()
                await asyncio.sleep(0.1 if path in self.pace else 0)
            self.answered.set()
            while path in self.drips:
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.02)
            if path in self.hangs:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Names:
    """A resolver: each name has a list of answers, given one after the other, the last one for good."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {"localhost": [["127.0.0.1", "::1"]]}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.answers.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Internet(httpcore.AsyncNetworkBackend):
    """Takes every address to the site: its TLS port for 443, its plain one for all others."""

    def __init__(self, plain: int, tls: int) -> None:
        self.dialed: list[tuple[str, int]] = []
        self.down: set[str] = set()
        self._ports = (plain, tls)
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialed.append((host, port))
        if host in self.down:
            raise httpcore.ConnectError("no route")
        return await self._sockets.connect_tcp("127.0.0.1", self._ports[port == 443], timeout)


@dataclass
class World:
    """Everything a test looks at. `cdn.example` and `pictures.example` are public and have certificates."""

    site: Site
    names: Names
    internet: Internet
    fetcher: Fetcher
    plain_port: int
    server_names: list[str | None]

    async def refused(self, url: str, **limits: Any) -> FetchError:
        """Why this link can't be fetched; a test fails where it can."""
        with pytest.raises(FetchError) as failure:
            await self.fetcher.get(url, **limits)
        return failure.value


@dataclass(frozen=True)
class Certificates:
    """A certificate for the two hosts, its own authority, as PEM files."""

    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("cdn.example"), x509.DNSName("pictures.example")]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificates")
    files = Certificates(folder / "certificate.pem", folder / "key.pem")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture
async def world(certificates: Certificates) -> AsyncIterator[World]:
    site = Site()
    server_names: list[str | None] = []
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.certificate, certificates.key)
    tls.sni_callback = lambda _socket, name, _context: server_names.append(name)
    plain_server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    tls_server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=tls)
    plain_port, tls_port = (server.sockets[0].getsockname()[1] for server in (plain_server, tls_server))

    names, internet = Names(), Internet(plain_port, tls_port)
    names.answers |= {"cdn.example": [[PUBLIC]], "pictures.example": [[PUBLIC]]}
    trust = ssl.create_default_context(cafile=str(certificates.certificate))
    fetcher = Fetcher(resolver=names, dialer=internet, ssl_context=trust)
    yield World(site, names, internet, fetcher, plain_port, server_names)
    await fetcher.aclose()
    for server in (plain_server, tls_server):
        server.close()
        await server.wait_closed()
