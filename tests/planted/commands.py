"""The command line with the keys in its environment. Providers are asked about theirs, and repeat them."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.crash.conftest import ROOT
from tests.planted.world import World

COMMANDS = (("check",), ("keys", "list"), ("sessions", "list"))


def walk(world: World) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda arguments: run(world, *arguments), COMMANDS))


def run(world: World, *arguments: str) -> None:
    plain = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment = plain | {"PYTHONPATH": str(ROOT)} | world.studio.environment
    command = [sys.executable, "-m", "imagestudio", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done
    world.told[f"imagestudio {arguments}"] = done.stdout + done.stderr
