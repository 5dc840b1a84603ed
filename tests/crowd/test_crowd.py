"""A crowd of strangers on a public studio, for some seconds: `tests.benchmarks.visitors`, made short."""

from pathlib import Path

import pytest
from starlette.routing import Mount

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.benchmarks.visitors import measured

pytestmark = pytest.mark.slow

VISITORS, SECONDS, PAUSE_S = 40, 6.0, 2.0
HEALTH_S = 20.0
"""Generous: the machine may be busy with anything."""
MOST_BYTES = 300_000_000
"""What a crowd may add: what is kept for 400 of Gradio's sessions, each once, and pictures on their way."""


async def test_a_crowd_meets_no_error_that_is_not_a_stated_limit() -> None:
    tally = await measured(SECONDS, VISITORS, PAUSE_S)
    assert tally.errors == []
    assert set(tally.done) == {"REST", "Gradio", "page"}
    assert max(tally.health_s) < HEALTH_S
    assert max(tally.memory) - tally.memory[0] < MOST_BYTES


async def test_gradio_remembers_no_more_sessions_than_run_at_once(tmp_path: Path) -> None:
    from gradio.routes import App

    from imagestudio.ui.gradio.mount import SESSIONS_HELD

    # With a loop running: without one, Gradio leaves one of its own behind.
    app = create_app(load_settings({"IMAGESTUDIO_DATA_DIR": str(tmp_path)}))
    mounted = app.routes[-1]
    assert isinstance(mounted, Mount)
    assert isinstance(mounted.app, App)
    assert mounted.app.state_holder.capacity == SESSIONS_HELD
