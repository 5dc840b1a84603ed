"""`imagestudio restore`: a data folder made of a backup, which buys nothing a second time."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from imagestudio.cli.backup import INCOMPLETE, tell_missing
from imagestudio.core.data_dir import hide_new_files
from imagestudio.core.settings import Settings
from imagestudio.store.backup import restore
from imagestudio.store.database import database_url


def add_parser(subparsers: Any) -> None:
    """Its place on the command line."""
    parser = subparsers.add_parser("restore", help="make an empty data folder a studio again, from a backup")
    parser.add_argument("source", type=Path, metavar="FROM", help="what `imagestudio backup` wrote")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; 1 where pictures are missing."""
    hide_new_files()
    data = settings.data_dir.absolute()
    url = database_url(settings.database_url, data)
    restored = restore(args.source.absolute(), url, data, time.time())
    sys.stdout.write(
        f"{data}: {restored.pictures} pictures. {restored.uncertain} jobs are uncertain now: they had not "
        "been sent when the backup was taken, and may have been since. None is sent again by itself.\n"
    )
    tell_missing(restored.missing)
    return INCOMPLETE if restored.missing else 0
