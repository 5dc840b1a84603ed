"""`python -m imagestudio.sandbox`: the sandbox as a process of its own."""

import argparse

import uvicorn

from imagestudio.sandbox.app import create_sandbox
from imagestudio.sandbox.server import CuttingProtocol


def main() -> None:
    arguments = _arguments()
    app = create_sandbox(speed=arguments.speed, imagen=arguments.imagen, journal=arguments.journal)
    uvicorn.run(
        app,
        host=arguments.host,
        port=arguments.port,
        http=CuttingProtocol,
        log_level="warning",
        lifespan="off",
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m imagestudio.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="duration of runs: 2 doubles it, 0 is at once"
    )
    parser.add_argument("--imagen", action="store_true", help="serve the Imagen models that were shut down")
    parser.add_argument("--journal", action="store_true", help="serve /_sandbox/journal and /_sandbox/bill")
    return parser.parse_args()


if __name__ == "__main__":
    main()
