"""The command line, in processes of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from imagestudio.cli.check import reach_lines
from imagestudio.media.decoder.probe import probe
from imagestudio.sandbox import create_sandbox
from tests.conftest import served
from tests.crash.conftest import free_port
from tests.tables import rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
APP, SERVE = ["app.py"], ["-m", "imagestudio", "serve"]
SECRETS = {
    "GEMINI_API_KEY": "marked-google-key",
    "IMAGESTUDIO_API_KEYS": "marked-first-api-key,marked-second-api-key",
    "IMAGESTUDIO_METRICS_TOKEN": "marked-metrics-token",
}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command with these variables, and none of ours beside them."""
    plain = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment = plain | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(
        [sys.executable, *command], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def check(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run("-m", "imagestudio", "check", *arguments, **variables)


def test_check_says_what_is_set_and_who_gets_in(tmp_path: Path) -> None:
    done = check("--offline", IMAGESTUDIO_DATA_DIR=str(tmp_path), **SECRETS)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.splitlines()[1:] == [
        "",
        "Set",
        "  GEMINI_API_KEY, GOOGLE_API_KEY: set",
        f"  IMAGESTUDIO_DATA_DIR: {tmp_path}",
        "  IMAGESTUDIO_API_KEYS: set (2)",
        "  IMAGESTUDIO_METRICS_TOKEN: set",
        "",
        "Data",
        f"  {tmp_path}: can be written, stays over restarts",
        "",
        "Decoding processes",
        *(f"  {line}" for line in reach_lines(probe(tmp_path))),
        "",
        "Who gets in",
        "  address: 127.0.0.1:7860, only this machine reaches it",
        "  page: everybody; each sees only their own",
        "  REST: holders of an API key",
        "  provider keys: The server's provider keys serve whoever uses this machine.",
        "  metrics: holders of IMAGESTUDIO_METRICS_TOKEN",
        "",
        "Address",
        "  told: taken from each request, as IMAGESTUDIO_PUBLIC_URL is not set",
        "",
        "Keys",
        "  GEMINI_API_KEY: set, not asked (--offline). For imagen-4, imagen-4-fast, imagen-4-ultra",
        "",
        "Findings",
        "  none",
    ]


def test_check_tells_every_danger_and_ends_with_a_status_of_its_own(tmp_path: Path) -> None:
    done = check("--offline", IMAGESTUDIO_DATA_DIR=str(tmp_path), IMAGESTUDIO_API_KEYS="hush,hush")
    assert done.returncode == 1
    findings = done.stdout.split("Findings\n")[1].splitlines()
    assert len(findings) == 3
    assert all(line.startswith("  danger   IMAGESTUDIO_API_KEYS: ") for line in findings)
    assert "hush" not in done.stdout + done.stderr


def test_check_asks_the_providers_what_the_keys_can_do(tmp_path: Path) -> None:
    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"detail": "Not authenticated"}, 403)(scope, receive, send)

    emulator = create_sandbox()
    with (
        served(lambda: emulator, lifespan="off") as providers,
        served(lambda: refuse, lifespan="off") as refusing,
    ):
        done = check(
            IMAGESTUDIO_DATA_DIR=str(tmp_path),
            IMAGESTUDIO_GOOGLE_BASE_URL=f"{providers}/google",
            IMAGESTUDIO_BFL_BASE_URL=refusing,
            IMAGESTUDIO_FAL_BASE_URL=f"http://127.0.0.1:{free_port()}",
            BFL_API_KEY="marked-bfl-key",
            FAL_KEY="marked:fal-key",
            **SECRETS,
        )
    said = done.stdout.split("Keys\n")[1].split("\nFindings")[0].splitlines()
    assert [line.partition(". For ")[0] for line in said] == [
        "  GEMINI_API_KEY: works",
        "  BFL_API_KEY: is refused by the provider; make a new one",
        "  FAL_KEY: could not be checked: the provider gave no answer that tells",
    ]
    assert "marked" not in done.stdout + done.stderr
    assert {entry.method for entry in emulator.state.journal} == {"GET"}


@rows(
    "command",
    [APP, SERVE, ["-m", "imagestudio", "check", "--offline"]],
)
def test_a_setting_that_is_wrong_ends_it_with_one_line(command: list[str]) -> None:
    done = run(*command, IMAGESTUDIO_SECRET_KEY="marked-short")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("IMAGESTUDIO_SECRET_KEY: ")
    assert len(done.stderr.splitlines()) == 1
    assert "marked-short" not in done.stderr


@rows(
    ("command", "variable", "value"),
    [
        (APP, "IMAGESTUDIO_API_KEYS", "short"),
        (SERVE, "IMAGESTUDIO_METRICS_TOKEN", "short"),
        (SERVE, "IMAGESTUDIO_ALLOWED_HOSTS", "*"),
        (APP, "IMAGESTUDIO_DATA_DIR", "/proc/no-place"),
    ],
)
def test_a_dangerous_setting_keeps_it_from_starting(command: list[str], variable: str, value: str) -> None:
    done = run(*command, **{variable: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{variable}: ")
    assert len(done.stderr.splitlines()) == 1
