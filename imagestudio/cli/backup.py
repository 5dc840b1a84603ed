"""`imagestudio backup`: a copy of everything, also while the studio runs."""

import argparse
import sys
from pathlib import Path
from typing import Any

from imagestudio.core.data_dir import hide_new_files
from imagestudio.core.settings import Settings
from imagestudio.store.backup import back_up
from imagestudio.store.database import database_url

INCOMPLETE = 1
"""The exit status where a picture was not there to be copied."""


def add_parser(subparsers: Any) -> None:
    """Its place on the command line."""
    parser = subparsers.add_parser(
        "backup", help="copy database, pictures and secrets, also of a running studio"
    )
    where = "a folder, which a later backup only brings up to date, or an archive that ends in .tar"
    parser.add_argument("to", type=Path, metavar="TO", help=where)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; 1 where pictures are missing."""
    hide_new_files()
    data = settings.data_dir.absolute()
    saved = back_up(database_url(settings.database_url, data), data, args.to.absolute())
    sys.stdout.write(f"{args.to}: pictures {saved.pictures}, new {saved.copied}.\n")
    tell_missing(saved.missing)
    return INCOMPLETE if saved.missing else 0


def tell_missing(names: tuple[str, ...]) -> None:
    """Name pictures that were not there, or not whole."""
    for name in names:
        sys.stderr.write(f"{name}: not there, or not as its checksum says\n")
