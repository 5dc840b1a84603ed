"""Start the studio: `python app.py`, or `uvicorn --factory app:create_app`."""

import sys

from fastapi import FastAPI

from imagestudio import server, serving
from imagestudio.settings import SettingsError, load_settings


def create_app() -> FastAPI:
    """The application, with the settings of the environment."""
    return server.create_app(load_settings())


def main() -> None:
    """Serve until a signal ends it. A setting that is wrong ends the start with one line, and status 2."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    app = server.create_app(settings)
    host, port = settings.server_name, settings.server_port
    sys.stdout.write(f"Image Studio at http://{f'[{host}]' if ':' in host else host}:{port}\n")
    if settings.demo:
        sys.stdout.write(
            "*** DEMO: the built-in sandbox draws every picture. Set a provider's key to go live. ***\n"
        )
    sys.stdout.flush()
    serving.serve(app, host, port)


if __name__ == "__main__":
    main()
