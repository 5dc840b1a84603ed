"""Whose certificates are believed, by everything that the studio opens a connection for."""

import ssl
from functools import cache

import httpx


@cache
def certificates() -> ssl.SSLContext:
    """Those of certifi, whatever the environment says.

    Read once a process: that takes 20 ms, in which no request moves, and each visitor's key has clients of
    its own.
    """
    return httpx.create_ssl_context(trust_env=False)
