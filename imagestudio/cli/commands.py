"""The subcommands: one file each, with `add_parser` and `run`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from imagestudio.cli import backup, check, keys, restore, serve, sessions
from imagestudio.core.data_dir import UnusableData
from imagestudio.core.settings import Settings, SettingsError, load_settings


class Command(Protocol):
    """What a subcommand's file offers."""

    def add_parser(self, subparsers: Any) -> None:
        """Take a place on the command line, under the subcommand's name."""

    def run(self, args: argparse.Namespace, settings: Settings) -> int:
        """Do it; the exit status. Raises `SettingsError` or `UnusableData`."""


COMMANDS: Mapping[str, Command] = {
    "serve": serve,
    "check": check,
    "keys": keys,
    "sessions": sessions,
    "backup": backup,
    "restore": restore,
}
FAULTY = 2
"""The exit status where a setting is wrong or dangerous, or the data can't be used."""


def run(argv: Sequence[str] | None = None) -> int:
    """Run the one that is named; its exit status."""
    parser = argparse.ArgumentParser(prog="imagestudio", description="Fourteen image models, one studio.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    try:
        return COMMANDS[args.command].run(args, load_settings())
    except (SettingsError, UnusableData) as error:
        sys.stderr.write(f"{error}\n")
        return FAULTY
