"""The `imagestudio` command."""

import signal
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; its exit status. A wrong setting, or data that can't be used, ends it with one line
    and status 2; Ctrl+C ends it by that signal, without a trace."""
    try:
        # Here, for they take a second or two to import, in which somebody may change their mind.
        from imagestudio.cli.commands import run

        return run(argv)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
        raise
