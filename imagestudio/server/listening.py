"""Where the studio listens. Taken before anything else is done: what is wrong with it is said at once, and in
one line."""

import errno
import os
import socket
from typing import Any

from imagestudio.core.settings import SettingsError

HOST, PORT = "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"
HERE_OR_EVERYWHERE = "127.0.0.1 is for this machine only, 0.0.0.0 listens on all of its addresses."


def listen(host: str, port: int) -> list[socket.socket]:
    """A socket for each of the host's addresses; nothing is accepted yet. Raises `SettingsError`."""
    flags = socket.AI_PASSIVE
    try:
        found = socket.getaddrinfo(host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        unknown = f"no address is known for {host!r}. {HERE_OR_EVERYWHERE}"
        raise SettingsError(f"{HOST}: {unknown}") from None
    taken: list[socket.socket] = []
    failed: OSError | None = None
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            taken.append(_bound(family, kind, protocol, address))
        except OSError as error:
            # A name may stand for an address of a kind that this machine does not have.
            failed = error if failed is None or error.errno != errno.EADDRNOTAVAIL else failed
    if failed and (not taken or failed.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)):
        for one in taken:
            one.close()
        raise SettingsError(reason(failed, host, port)) from None
    return taken


def _bound(family: int, kind: int, protocol: int, address: tuple[Any, ...]) -> socket.socket:
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would take a port that is in use
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        # Two programs may be bound to one port as long as neither listens.
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def reason(error: OSError, host: str, port: int) -> str:
    """Why it can't be listened there, and the variable to change, in one line."""
    match error.errno:
        case errno.EADDRINUSE:
            return f"{PORT}: another program listens on port {port}. End it, or name another port."
        case errno.EACCES | errno.EPERM:
            low = "Name one of 1024 or more, and let a proxy serve 80 and 443."
            return f"{PORT}: this account may not listen on port {port}. {low}"
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return f"{HOST}: {host} is no address of this machine. {HERE_OR_EVERYWHERE}"
    return f"{HOST}: {host}, port {port}, can't be listened on ({error.strerror})."
