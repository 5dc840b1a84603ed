"""Downloading what users and providers name, without reaching into the network the studio stands in."""

from imagestudio.fetch.errors import FetchError, Reason
from imagestudio.fetch.fetcher import Download, Fetcher
from imagestudio.fetch.network import Resolver

__all__ = ["Download", "FetchError", "Fetcher", "Reason", "Resolver"]
