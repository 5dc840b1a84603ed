"""Absolute URLs of the provider that answers a request."""

from starlette.requests import Request


def base_url(request: Request) -> str:
    """Scheme, host and path prefix as the request came, without a slash at the end."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
