"""`imagestudio sessions`: end what browsers' cookies open, for one visitor or for everybody."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from imagestudio.core.settings import Settings
from imagestudio.store.api_keys import ApiKeys
from imagestudio.store.database import Database, database_url
from imagestudio.store.sessions import EVERYBODY, EndedSessions, Owner

UNKNOWN = 1
"""The exit status where nobody is of that name."""
MOST = 50
KINDS = ("session:", "key:", "huggingface:")


def add_parser(subparsers: Any) -> None:
    """Its place on the command line."""
    parser = subparsers.add_parser("sessions", help="list who was here last, and end sessions")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help=f"list the {MOST} visitors who asked for something last")
    end = actions.add_parser("end", help="end sessions; a running studio knows within seconds")
    who = end.add_mutually_exclusive_group(required=True)
    who.add_argument("who", nargs="?", metavar="VISITOR", help="as `list` names them, or an API key's name")
    who.add_argument("--all", action="store_true", help="everybody's")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; 1 where nobody is of that name."""
    return asyncio.run(_run(args, settings))


async def _run(args: argparse.Namespace, settings: Settings) -> int:
    folder = settings.data_dir.absolute()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    database = Database(database_url(settings.database_url, folder))
    await database.open()
    try:
        sessions = EndedSessions(database)
        if args.action == "list":
            return _list(await sessions.latest_owners(MOST))
        subject = EVERYBODY if args.all else await _subject(args.who, database)
        if subject is None:
            sys.stderr.write(f"Nobody is called {args.who}. See: imagestudio sessions list\n")
            return UNKNOWN
        await sessions.end(subject, time.time())
    finally:
        await database.close()
    whose = "everybody" if args.all else subject
    sys.stdout.write(f"Ended the sessions of {whose}. Jobs and pictures stay.\n")
    return 0


async def _subject(who: str, database: Database) -> str | None:
    if who.startswith(KINDS):
        return who.lower() if who.startswith("huggingface:") else who
    keys = await ApiKeys(database).all()
    return next((key.owner for key in reversed(keys) if who in (key.name, key.id)), None)


def _list(owners: Sequence[Owner]) -> int:
    rows = [("VISITOR", "JOBS", "LAST (UTC)")]
    for one in owners:
        last = datetime.fromtimestamp(one.last_at, UTC).strftime("%Y-%m-%d %H:%M")
        rows.append((one.owner, str(one.jobs), last))
    width = max(len(row[0]) for row in rows)
    for owner, number, last in rows:
        sys.stdout.write(f"{owner.ljust(width)}  {number:>6}  {last}\n")
    return 0
