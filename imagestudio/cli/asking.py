"""What the providers say of the server's own keys, by calls that cost nothing."""

import asyncio

from imagestudio.catalog import MODELS
from imagestudio.core.settings import Settings
from imagestudio.net import Fetcher
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import KeyCheck
from imagestudio.providers.http import Wire, provider_client

SAID: dict[KeyCheck, str] = {
    "works": "works",
    "refused": "is refused by the provider; make a new one",
    "unknown": "could not be checked: the provider gave no answer that tells",
}


def held(settings: Settings) -> dict[str, str]:
    """The providers whose key the server has, and the variable that it is in."""
    return {
        name: kind.key_variables[0]
        for name, kind in PROVIDERS.items()
        if settings.key(kind.key_variables) is not None
    }


def can_run(provider: str) -> str:
    """What a provider's key is good for."""
    return ", ".join(spec.id for spec in MODELS.values() if spec.provider == provider)


async def ask(settings: Settings) -> dict[str, KeyCheck]:
    """What each provider says of its key."""
    names = list(held(settings))
    fetcher = Fetcher()
    try:
        said = await asyncio.gather(*(_ask(settings, fetcher, name) for name in names))
    finally:
        await fetcher.aclose()
    return dict(zip(names, said, strict=True))


async def _ask(settings: Settings, fetcher: Fetcher, name: str) -> KeyCheck:
    kind = PROVIDERS[name]
    async with provider_client() as client:
        wire = Wire(
            title=kind.title,
            client=client,
            fetcher=fetcher,
            base_url=settings.base_url(name, kind.base_url),
            key_headers=kind.auth(settings.key(kind.key_variables) or ""),
            key_variable=kind.key_variables[0],
            owns=kind.owns,
        )
        return await kind(wire).check_key()
