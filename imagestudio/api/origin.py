"""The address that absolute URLs begin with."""

from fastapi import Request

from imagestudio.core.settings import Settings


def origin_of(request: Request) -> str:
    """Scheme, host and path prefix, without a slash at the end: from the settings, else from the request."""
    settings: Settings = request.app.state.settings
    prefix = settings.root_path.rstrip("/")
    if settings.public_url:
        return settings.public_url
    if prefix.startswith(("http://", "https://")):
        return prefix
    here = str(request.base_url).rstrip("/")
    # A server that was told the prefix itself has put it there already.
    return here if here.endswith(prefix) else here + prefix
