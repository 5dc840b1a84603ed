"""Every guard that need not know who somebody is; a request meets the last one first."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from imagestudio.api.middleware.cross_site import CrossSite
from imagestudio.api.middleware.csp import Policy
from imagestudio.api.middleware.errors import Faults
from imagestudio.api.middleware.loopback import Reach
from imagestudio.api.middleware.request_ids import RequestIds
from imagestudio.api.middleware.security_headers import SecurityHeaders
from imagestudio.api.middleware.trusted_hosts import TrustedHosts
from imagestudio.core.settings import Settings

READABLE = (
    "Location", "Preference-Applied", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining",
    "X-RateLimit-Reset", "X-Request-Id",
)  # fmt: skip


def guard(app: FastAPI, settings: Settings, scripts: Sequence[str] = ()) -> None:
    """Add the guards around everything that was added before. `scripts`: see `Policy`."""
    app.add_middleware(CrossSite, settings=settings)
    # Other sites read answers only if they are listed, and never with cookies. Being there, it also keeps
    # Gradio from adding a laxer policy of its own.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=("GET", "HEAD", "POST", "PUT", "DELETE"),
        allow_headers=("*",),
        expose_headers=READABLE,
    )
    app.add_middleware(TrustedHosts, settings=settings)
    app.add_middleware(Reach, settings=settings)
    app.add_middleware(Faults)
    app.add_middleware(SecurityHeaders, policy=Policy(settings, scripts))
    app.add_middleware(RequestIds)
