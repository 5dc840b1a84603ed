"""A machine as hosts rent them out: read-only files, an account that may do little, perhaps a volume."""

import os
import signal
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx

from tests.crash.conftest import START_S, eventually, free_port
from tests.hosting.needed import needed

ROOT = Path(__file__).parents[2]
NEW_ROOT = Path(__file__).with_name("new_root.sh")
SITE = sysconfig.get_path("purelib")
ACCOUNT = 1000
HOST = "ann-image-studio.hf.space"

# What a Gradio Space has in its environment (hub/spaces-overview in its documentation, and its build logs).
SPACE = {
    "SYSTEM": "spaces",
    "SPACE_ID": "ann/image-studio",
    "SPACE_HOST": HOST,
    "SPACE_AUTHOR_NAME": "ann",
    "SPACE_REPO_NAME": "image-studio",
    "SPACE_TITLE": "Image Studio",
    "CPU_CORES": "2",
    "MEMORY": "16Gi",
    "HOME": "/home/user",
    "PYTHONPATH": "/home/user/app",
    "PYTHONUNBUFFERED": "1",
    "GRADIO_ALLOW_FLAGGING": "never",
    "GRADIO_NUM_PORTS": "1",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_THEME": "huggingface",
}


@cache
def unshare() -> tuple[str, ...]:
    """The command that gives a process mounts of its own; empty where this system has or allows none."""
    for command in (("unshare", "-m"), ("unshare", "-r", "-m")):
        try:
            if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
                return command
        except OSError:
            break
    return ()


@dataclass
class Machine:
    """Runs Python there. Where no mounts can be had it runs here, and only what is in the environment is
    like there: `isolated` tells."""

    folder: Path
    environment: dict[str, str]
    volume: Path | None = None
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None

    @property
    def isolated(self) -> bool:
        return bool(unshare())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Everything it has written, on both streams."""
        return (self.folder / "log").read_text()

    def start(self, *command: str) -> None:
        """Run `python COMMAND`, and wait until it serves."""
        self.running = self.launch(*command)
        eventually(lambda: self.lives() and httpx.get(f"{self.url}/api/health").status_code == 200)

    def lives(self) -> bool:
        assert self.running
        assert self.running.poll() is None, self.log
        return True

    def launch(self, *command: str) -> subprocess.Popen[bytes]:
        """Run `python COMMAND`."""
        python = [sys.executable, *command]
        plain = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environment = plain | self.environment | {"GRADIO_SERVER_PORT": str(self.port)}
        with (self.folder / "log").open("ab") as log:
            if not self.isolated:
                environment |= {"PYTHONPATH": str(ROOT), "IMAGESTUDIO_DATA_DIR": str(self._instead())}
                return subprocess.Popen(python, cwd=ROOT, env=environment, stdout=log, stderr=log)
            return subprocess.Popen(
                [*unshare(), *self._new_root(), *python], env=environment, stdout=log, stderr=log
            )

    def _new_root(self) -> list[str]:
        root = self.folder / "root"
        root.mkdir(exist_ok=True)
        is_root = os.geteuid() == 0
        if self.volume and is_root:
            os.chown(self.volume, ACCOUNT, ACCOUNT)
        paths = " ".join(dict.fromkeys((sys.base_prefix, sys.prefix)))
        packages = self.folder / "packages"
        packages.write_text("".join(f"{path}\n" for path in needed(ROOT / "requirements.txt")))
        account = f"{ACCOUNT}:{ACCOUNT}" if is_root else ""
        volume = str(self.volume or "")
        return [str(NEW_ROOT), str(root), account, str(ROOT), volume, paths, SITE, str(packages)]

    def _instead(self) -> Path:
        return self.volume or self.folder / "data"

    def stop(self) -> int:
        """SIGTERM, as a host sends it to whom it puts to sleep. The exit status."""
        assert self.running
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(START_S)

    def kill(self) -> None:
        """Whatever it does."""
        if self.running and self.running.poll() is None:
            self.running.kill()
            self.running.wait()
