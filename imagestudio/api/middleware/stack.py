"""Every middleware of the studio, in the order in which a request meets them. What only Gradio's addresses
need stands in front of Gradio's app: `ui/gradio/mount.py`."""

import time

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from imagestudio.access.proxies import SilentProxies
from imagestudio.access.rate_limit import DoorLimits
from imagestudio.api.middleware.address import Forwarded, MeantHost
from imagestudio.api.middleware.body_limits import BodyLimit
from imagestudio.api.middleware.compression import Compression
from imagestudio.api.middleware.cross_site import CrossSiteGuard
from imagestudio.api.middleware.csp import Policy
from imagestudio.api.middleware.hosts import LoopbackOnly, TrustedHosts
from imagestudio.api.middleware.request import RequestMiddleware
from imagestudio.api.middleware.tidy_path import TidyPath
from imagestudio.api.middleware.visitor import VisitorMiddleware
from imagestudio.core.settings import Settings

READABLE = (
    "Location", "Preference-Applied", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining",
    "X-RateLimit-Reset", "X-Request-Id", "Mcp-Session-Id",
)  # fmt: skip


def guard(app: FastAPI, settings: Settings) -> None:
    """Add them. `metrics` and `rates` are in the app's state already; `identity` is
    once it runs."""
    app.state.doors = DoorLimits(settings.rate, time.monotonic)
    stack = (
        # Whom a proxy asks for, and under which address.
        Middleware(Forwarded, settings=settings),
        Middleware(TidyPath),
        Middleware(Compression),
        # An id, the figures, faults, and the headers of every answer.
        Middleware(RequestMiddleware, policy=Policy(settings), metrics=app.state.metrics),
        # Did it come by an address that we were told of, and for one of our names?
        Middleware(LoopbackOnly, settings=settings),
        Middleware(TrustedHosts, settings=settings),
        Middleware(MeantHost, settings=settings),
        # Other sites read answers only if they are listed, and never with cookies. Being there, it also keeps
        # Gradio from adding a laxer policy of its own.
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "DELETE"),
            allow_headers=("*",),
            expose_headers=READABLE,
        ),
        # Other sites' pages change nothing in the name of whoever looks at them.
        Middleware(CrossSiteGuard, settings=settings),
        # Who is it, and how often was it?
        Middleware(
            VisitorMiddleware,
            rates=app.state.rates,
            doors=app.state.doors,
            proxies=SilentProxies(settings.forwarded_allow_ips),
        ),
        # Last, so that what it refuses was counted.
        Middleware(BodyLimit),
    )
    for each in reversed(stack):
        app.add_middleware(each.cls, *each.args, **each.kwargs)
