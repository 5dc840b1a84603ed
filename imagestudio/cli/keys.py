"""`imagestudio keys`: API keys for more people than a variable is good for."""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from imagestudio.core.settings import Settings
from imagestudio.core.visitor import Caps
from imagestudio.store.api_keys import LONGEST_NAME, ApiKey, ApiKeys, NameTaken
from imagestudio.store.database import Database, database_url

UNKNOWN = 1
"""The exit status where there is no such key, or one of that name already."""
HEADS = ("ID", "NAME", "KEY", "CREATED", "REVOKED", "A MINUTE", "USD A DAY", "USD A MONTH")


def add_parser(subparsers: Any) -> None:
    """Its place on the command line."""
    parser = subparsers.add_parser("keys", help="make, list and revoke API keys")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key, and show it this once")
    create.add_argument("name", type=_name, metavar="NAME", help="what lists and the page call its holder")
    create.add_argument("--rate", type=_count, metavar="N", help="requests a minute")
    create.add_argument("--usd-day", type=_usd, metavar="X", help="USD of the studio's keys a day (UTC)")
    create.add_argument("--usd-month", type=_usd, metavar="X", help="USD of the studio's keys a month (UTC)")
    actions.add_parser("list", help="list the keys, masked")
    revoke = actions.add_parser("revoke", help="end a key; a running studio knows within seconds")
    revoke.add_argument("which", metavar="ID|NAME")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; 1 where there is no such key, or one of that name already."""
    return asyncio.run(_run(args, settings))


async def _run(args: argparse.Namespace, settings: Settings) -> int:
    async with _open(settings) as keys:
        return await ACTIONS[args.action](keys, args)


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[ApiKeys]:
    """The keys of the studio that has these settings, whether it runs or not."""
    folder = settings.data_dir.absolute()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    database = Database(database_url(settings.database_url, folder))
    await database.open()
    try:
        yield ApiKeys(database)
    finally:
        await database.close()


async def _create(keys: ApiKeys, args: argparse.Namespace) -> int:
    caps = Caps(requests_per_minute=args.rate, usd_day=args.usd_day, usd_month=args.usd_month)
    try:
        key, secret = await keys.create(args.name, caps, time.time())
    except NameTaken as error:
        sys.stderr.write(f"{error}\n")
        return UNKNOWN
    sys.stderr.write(f"The key of {key.name} ({key.id}). It is shown this once: keep it in a safe place.\n")
    sys.stdout.write(f"{secret}\n")
    return 0


async def _list(keys: ApiKeys, args: argparse.Namespace) -> int:
    rows = [HEADS, *(_row(key) for key in await keys.all())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(f"{'  '.join(cells).rstrip()}\n")
    return 0


async def _revoke(keys: ApiKeys, args: argparse.Namespace) -> int:
    key = await keys.revoke(args.which, time.time())
    if key is None:
        sys.stderr.write(
            f"There is no valid key of the id or name {args.which}. See: imagestudio keys list\n"
        )
        return UNKNOWN
    sys.stdout.write(f"Revoked {key.name} ({key.id}). Its jobs and pictures stay.\n")
    return 0


ACTIONS: Mapping[str, Callable[[ApiKeys, argparse.Namespace], Awaitable[int]]] = {
    "create": _create,
    "list": _list,
    "revoke": _revoke,
}


def _row(key: ApiKey) -> tuple[str, ...]:
    limits = (key.caps.requests_per_minute, key.caps.usd_day, key.caps.usd_month)
    moments = (_moment(key.created_at), _moment(key.revoked_at))
    return (key.id, key.name, f"{key.prefix}…", *moments, *(_limit(limit) for limit in limits))


def _moment(seconds: float | None) -> str:
    return "-" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _limit(limit: float | None) -> str:
    return "-" if limit is None else f"{limit:g}"


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise argparse.ArgumentTypeError(f"a name has 1 to {LONGEST_NAME} characters in one line")
    return name


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError("a whole number from 1 to 1000000")
    return int(text)


def _usd(text: str) -> float:
    try:
        usd = float(text)
    except ValueError:
        usd = -1.0
    if not 0 <= usd < 1e9:
        raise argparse.ArgumentTypeError("US dollars, such as 2.50")
    return usd
