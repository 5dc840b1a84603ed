"""`imagestudio serve`: the whole studio, until a signal ends it."""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from imagestudio.core import log as logs
from imagestudio.core import log_guard
from imagestudio.core.data_dir import hide_new_files, inspect_folder, make_private
from imagestudio.core.secret_file import check_secret
from imagestudio.core.settings import Settings
from imagestudio.media.decoder import confinement
from imagestudio.server import config_check
from imagestudio.server.config_check import Finding
from imagestudio.server.listening import listen
from imagestudio.store.database import database_url, prepare_database

log = logging.getLogger(__name__)

DEMO = "*** DEMO: the built-in sandbox draws every picture. Set a provider's key to go live. ***"


def add_parser(subparsers: Any) -> None:
    """Its place on the command line."""
    subparsers.add_parser("serve", help="serve page, REST and MCP until a signal ends it")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve. Raises `SettingsError` where the settings are dangerous, and `UnusableData`."""
    told = sys.stdout
    with ExitStack() as on_refusal:
        sockets = listen(settings.server_name, settings.server_port)
        for one in sockets:
            on_refusal.callback(one.close)
        prepare(settings)
        on_refusal.pop_all()
    # Here, so that the other commands, and refusals, don't wait for Gradio.
    from imagestudio.server import create as server
    from imagestudio.server import serve as serving

    app = server.create_app(settings)
    port = sockets[0].getsockname()[1]
    told.writelines(f"{line}\n" for line in announcement(settings, port))
    told.flush()
    serving.serve(app, settings.server_name, port, sockets=sockets)
    return 0


def prepare(settings: Settings) -> list[Finding]:
    """What has to be done before any app is made: dangers refused, the log in order, the data folder this
    account's alone, the database open. Blocking. Raises `SettingsError` or `UnusableData`."""
    hide_new_files()
    findings = config_check.findings(settings, inspect_folder(settings.data_dir, bool(settings.space_id)))
    config_check.refuse_danger(findings)
    logs.configure(settings)
    for finding in findings:
        if finding.level == "warning":
            log.warning("%s", finding)
    warn_of_reach(confinement.missing())
    data = settings.data_dir.absolute()
    make_private(data)
    if not settings.secret_key:
        check_secret(data / "secret-key")
    if not settings.webhook_secret:
        check_secret(data / "webhook-secret", "whsec_")
    prepare_database(database_url(settings.database_url, data))
    log_guard.capture_prints()  # last: what refuses the start is said plainly
    return findings


def warn_of_reach(missing: Sequence[str]) -> None:
    """Tell what the system can't keep from the processes that decode strangers' pictures."""
    if missing:
        log.warning(
            "decoding processes keep a reach that this system can't take from them: %s. See docs/hosting.md.",
            ", ".join(missing),
        )


def announcement(settings: Settings, port: int) -> list[str]:
    """What whoever starts the studio is told."""
    host = settings.server_name.strip("[]")
    lines = [f"Image Studio at http://{f'[{host}]' if ':' in host else host}:{port}"]
    if settings.demo:
        lines.append(DEMO)
    if settings.public:
        lines.append(f"*** PUBLIC: {config_check.who_is_served(settings)} ***")
    return lines
