"""Whether a studio that only its own machine should reach is in truth reached from elsewhere: started by
another server's command on every address, say. Whoever comes would be a stranger taken for its owner."""

from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import Forbidden
from imagestudio.core.settings import Settings, is_loopback


class Reach:
    """Refuses what arrived at an address that the settings don't tell of."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._public = settings.public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with a line that says what to set."""
        if self._public or scope["type"] not in ("http", "websocket") or not _is_elsewhere(scope):
            await self._app(scope, receive, send)
            return
        error = Forbidden(
            "This studio was told that only its own machine reaches it. Set GRADIO_SERVER_NAME to the "
            "address that it listens on, then it tells its visitors apart."
        )
        await refusal(scope, error)(scope, receive, send)


def _is_elsewhere(scope: Scope) -> bool:
    host = str((scope.get("server") or ("",))[0])  # where the connection ended, as ASGI servers tell it
    try:
        ip_address(host.partition("%")[0])
    except ValueError:  # a name, or a local socket's path
        return False
    return not is_loopback(host.partition("%")[0])
