"""What uvicorn needs to cut a connection when the app asks for it."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from imagestudio.sandbox.cutting import CUT


class CuttingProtocol(H11Protocol):
    """HTTP/1.1 that understands `sandbox.cut`: what was sent goes out, then the socket closes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = _cutting(self.app, self)


def _cutting(app: Any, protocol: H11Protocol) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        cut = asyncio.Event()

        async def send_or_cut(message: Message) -> None:
            if message["type"] != CUT["type"]:
                await send(message)
                return
            protocol.transport.close()
            cut.set()

        await app(scope, receive, send_or_cut)
        if cut.is_set():
            # uvicorn would put a 500 on a request that it does not know to be gone.
            while (await receive())["type"] != "http.disconnect":
                pass

    return run
