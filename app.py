"""Start the studio: `python app.py`, or `uvicorn --factory app:create_app`."""

import sys

from fastapi import FastAPI

from imagestudio.cli import main


def create_app() -> FastAPI:
    """The application, by the environment's settings. Raises `SettingsError` where they are dangerous."""
    from imagestudio.cli import serve
    from imagestudio.core.settings import load_settings
    from imagestudio.server import create as server

    settings = load_settings()
    serve.prepare(settings)
    return server.create_app(settings)


if __name__ == "__main__":
    sys.exit(main(["serve"]))
