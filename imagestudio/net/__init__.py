"""Downloading what users and providers name, without reaching into the network the studio stands in."""

from imagestudio.net.errors import FetchError, Reason
from imagestudio.net.fetcher import Download, Fetcher
from imagestudio.net.network import Resolver

__all__ = ["Download", "FetchError", "Fetcher", "Reason", "Resolver"]
