"""The version, for a studio that runs without being installed. A test holds it to pyproject.toml."""

VERSION = "0.1.0"
