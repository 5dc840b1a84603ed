"""The providers by name: a new one is its adapter and a line here."""

from collections.abc import Mapping

from imagestudio.providers.base import Provider
from imagestudio.providers.bfl import Bfl
from imagestudio.providers.fal import Fal
from imagestudio.providers.google import Google
from imagestudio.providers.huggingface import HuggingFace

PROVIDERS: dict[str, type[Provider]] = {"google": Google, "bfl": Bfl, "fal": Fal}
LINES: Mapping[str, type[Provider]] = {**PROVIDERS, "huggingface": HuggingFace}
"""Every way to a picture: the providers, and the router that goes on to one of them on another bill."""
