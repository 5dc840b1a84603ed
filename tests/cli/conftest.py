"""The command beside a studio that runs."""

from tests.api.conftest import shared_emulator
from tests.reopening import clock, reopen

__all__ = ["clock", "reopen", "shared_emulator"]
