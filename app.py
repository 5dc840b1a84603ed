"""Start the studio: `python app.py`, or `uvicorn --factory app:create_app`."""

import sys

from fastapi import FastAPI

from imagestudio import command
from imagestudio.command import serve
from imagestudio.settings import load_settings


def create_app() -> FastAPI:
    """The application, by the environment's settings. Raises `SettingsError` where they are dangerous."""
    from imagestudio import server

    settings = load_settings()
    serve.prepare(settings)
    return server.create_app(settings)


if __name__ == "__main__":
    sys.exit(command.main(["serve"]))
