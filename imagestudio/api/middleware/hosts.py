"""Where the studio may be reached: at which addresses of its machine, and under which host names."""

import logging
import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import BadRequest, Forbidden
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings, is_loopback

log = logging.getLogger(__name__)

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
EVERY_ADDRESS = ("0.0.0.0", "::", "[::]", "")
"""What a server is told that listens on all of its machine's addresses."""
HOST = re.compile(r"(?P<name>[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Names and patterns of hosts that requests may be for. `*` is any: it stands alone where the studio
    listens on every address and was told no name, because then the names can't be known."""
    if settings.allowed_hosts:
        return tuple(dict.fromkeys((*LOOPBACK, *settings.allowed_hosts)))
    addresses = (settings.public_url, settings.root_path)
    netlocs = [urlsplit(address).netloc for address in addresses if address and "://" in address]
    netlocs += [settings.space_host or ""]
    names = [name for address in netlocs if (name := host_name(address))]
    anywhere = settings.server_name in EVERY_ADDRESS
    if anywhere and not names:
        return ("*",)
    own = settings.server_name if ":" not in settings.server_name else f"[{settings.server_name.strip('[]')}]"
    return tuple(dict.fromkeys((*LOOPBACK, *([] if anywhere else [own.lower()]), *names)))


def host_name(host: str) -> str | None:
    """The name in a Host header, in lower case and without the port; None for what is none."""
    match = HOST.fullmatch(host.strip())
    return match["name"].lower().rstrip(".") if match else None


class LoopbackOnly:
    """Refuses what comes from elsewhere to a studio that only its own machine should reach: one that another
    server's command started on every address, say. Whoever comes would be a stranger taken for its owner."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._public = settings.public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with a line that says what to set."""
        if self._public or scope["type"] not in ("http", "websocket") or not _is_elsewhere(scope):
            await self._app(scope, receive, send)
            return
        error = Forbidden(Message("request.loopback"))
        await refusal(scope, error)(scope, receive, send)


class TrustedHosts:
    """Refuses requests for other hosts than those. A page elsewhere can give its own name our address (DNS
    rebinding), and would then be of our origin: its requests name a host that is not ours."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._exact = frozenset(name for name in allowed_hosts(settings) if "*" not in name)
        self._ends = tuple(name[1:] for name in allowed_hosts(settings) if name.startswith("*."))
        self._named, self._has_warned = allowed_hosts(settings), False
        self._any = "*" in allowed_hosts(settings)
        # Nobody can rebind an address that is a number, and whoever looks after a container uses one.
        self._numbers = settings.server_name in EVERY_ADDRESS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with a line that says what to set."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        # Gradio takes these for the address that it was reached at, and makes links of them.
        forwarded = [host for line in headers.getlist("x-forwarded-host") for host in line.split(",")]
        if all(self._is_ours(host) for host in [*(headers.getlist("host") or [""]), *forwarded]):
            scope["headers"] = _without_gradios_own(scope["headers"])
            await self._app(scope, receive, send)
            return
        if not self._has_warned:
            self._has_warned = True
            log.warning(
                "a request was refused for its host, which is none of %s. If your proxy sent it, let it pass "
                "on the header Host; further names go into IMAGESTUDIO_ALLOWED_HOSTS. This is said once.",
                ", ".join(self._named),
            )
        error = BadRequest(Message("request.host"))
        await refusal(scope, error)(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        name = host_name(host)
        if name is None:
            return False
        return (
            self._any
            or name in self._exact
            or name.endswith(self._ends)
            or (self._numbers and _is_number(name))
        )


def _is_number(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _without_gradios_own(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    # A header of Gradio's server-side rendering, which is off: Gradio would take it for our address.
    return [pair for pair in headers if pair[0] != b"x-gradio-server"]


def _is_elsewhere(scope: Scope) -> bool:
    host = str((scope.get("server") or ("",))[0])  # where the connection ended, as ASGI servers tell it
    try:
        ip_address(host.partition("%")[0])
    except ValueError:  # a name, or a local socket's path
        return False
    return not is_loopback(host.partition("%")[0])
