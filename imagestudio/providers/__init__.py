"""The providers by name: a new one is its adapter and a line here."""

from imagestudio.providers.base import Provider
from imagestudio.providers.bfl import Bfl
from imagestudio.providers.fal import Fal
from imagestudio.providers.google import Google

PROVIDERS: dict[str, type[Provider]] = {"google": Google, "bfl": Bfl, "fal": Fal}
