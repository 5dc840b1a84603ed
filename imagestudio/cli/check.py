"""`imagestudio check`: what is set, what it can do, and who gets at it. Never a key."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from imagestudio.api.openapi.version import VERSION
from imagestudio.catalog import MODELS
from imagestudio.cli.public_address import NOT_SET, try_out
from imagestudio.core.data_dir import DataFolder, inspect_folder
from imagestudio.core.settings import VARIABLES, Settings
from imagestudio.media.decoder.probe import Reach, probe
from imagestudio.net import Fetcher
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import KeyCheck
from imagestudio.providers.http import Wire, provider_client
from imagestudio.server import config_check as exposure

DANGEROUS = 1
"""The exit status where a danger was found."""
VERDICTS: dict[KeyCheck, str] = {
    "works": "works",
    "refused": "is refused by the provider; make a new one",
    "unknown": "could not be checked: the provider gave no answer that tells",
}


def add_parser(subparsers: Any) -> None:
    """Its place on the command line."""
    parser = subparsers.add_parser("check", help="say what is set, what the keys can do, and who gets in")
    parser.add_argument(
        "--offline",
        action="store_true",
        help="ask neither the providers about their keys nor the public address",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the report; 1 where something is dangerous."""
    place = inspect_folder(settings.data_dir, bool(settings.space_id))
    found = exposure.findings(settings, place)
    sections = {
        "Set": _set(settings),
        "Data": _data(place),
        "Decoding processes": reach_lines(_reach(place)),
        "Who gets in": _doors(settings),
        "Address": _address(settings, args.offline),
        "Keys": _keys(settings, args.offline),
        "Findings": [f"{finding.level:<8} {finding}" for finding in found] or ["none"],
    }
    sys.stdout.write(f"Image Studio {VERSION}\n")
    for title, lines in sections.items():
        sys.stdout.write(f"\n{title}\n")
        sys.stdout.writelines(f"  {line}\n" for line in lines)
    return DANGEROUS if any(finding.level == "danger" for finding in found) else 0


def _set(settings: Settings) -> Iterator[str]:
    """Each variable that is not as it is without being set. Of secrets only that they are."""
    for name, variables in VARIABLES.items():
        if name not in settings.model_fields_set:
            continue
        value = getattr(settings, name)
        parts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(part, SecretStr) for part in parts):
            count = f" ({len(parts)})" if isinstance(value, tuple) else ""
            yield f"{', '.join(variables)}: set{count}"
        else:
            yield f"{', '.join(variables)}: {', '.join(map(str, parts))}"


def _data(place: DataFolder) -> Iterator[str]:
    writable = "can be written" if place.writable else "can't be written"
    durable = "stays over restarts" if place.durable else "is lost with the container"
    yield f"{place.folder}: {writable}, {durable}"


def _reach(place: DataFolder) -> Reach:
    if place.folder.is_dir():
        return probe(place.folder)
    with tempfile.TemporaryDirectory() as folder:
        return probe(Path(folder))


def reach_lines(reach: Reach) -> Iterator[str]:
    """What a picture that takes a decoding process over would get at."""
    how = "This system can't keep them from that: see docs/hosting.md"
    yield f"data folder: {f'they could read it. {how}' if reach.files else 'out of their reach'}"
    yield f"network: {f'they could use it. {how}' if reach.network else 'out of their reach'}"


def _doors(settings: Settings) -> Iterator[str]:
    reach = "public: strangers may reach it" if settings.public else "only this machine reaches it"
    yield f"address: {settings.server_name}:{settings.server_port}, {reach}"
    several = settings.public or settings.api_keys
    yield f"page: {'everybody; each sees only their own' if several else 'whoever uses this machine'}"
    yield f"REST: {'holders of an API key' if settings.api_keys else 'as the page'}"
    yield f"provider keys: {exposure.who_is_served(settings)}"
    if settings.metrics_token:
        yield "metrics: holders of IMAGESTUDIO_METRICS_TOKEN"
    else:
        yield f"metrics: {'nobody' if settings.public else 'this machine'}"


def _address(settings: Settings, offline: bool) -> list[str]:
    """What visitors are told that it is."""
    if offline:
        return [f"told: {settings.public_address or NOT_SET}"]

    async def tried() -> list[str]:
        return [line async for line in try_out(settings)]

    return asyncio.run(tried())


def _keys(settings: Settings, offline: bool) -> Iterator[str]:
    """What each of the server's keys can do."""
    variables = _key_variables(settings)
    if not variables:
        yield "none of the server's own"
        return
    verdicts = {} if offline else asyncio.run(_ask_all(settings))
    for name, variable in variables.items():
        word = VERDICTS[verdicts[name]] if name in verdicts else "set, not asked (--offline)"
        yield f"{variable}: {word}. For {_models_of(name)}"


def _key_variables(settings: Settings) -> dict[str, str]:
    """The providers whose key the server has, and the variable that it is in."""
    return {
        name: kind.key_variables[0]
        for name, kind in PROVIDERS.items()
        if settings.key(kind.key_variables) is not None
    }


def _models_of(provider: str) -> str:
    """What a provider's key is good for."""
    return ", ".join(spec.id for spec in MODELS.values() if spec.provider == provider)


async def _ask_all(settings: Settings) -> dict[str, KeyCheck]:
    """What each provider says of its key."""
    names = list(_key_variables(settings))
    fetcher = Fetcher()
    try:
        answers = await asyncio.gather(*(_ask(settings, fetcher, name) for name in names))
    finally:
        await fetcher.aclose()
    return dict(zip(names, answers, strict=True))


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
