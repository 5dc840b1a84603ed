"""The studio that strangers can reach, and a server that nobody may be made to call."""

from tests.public import canary, canary_server, public

__all__ = ["canary", "canary_server", "public"]
