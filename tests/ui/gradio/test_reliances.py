"""What the studio relies on in Gradio: what an upgrade takes away fails here by its name."""

import pytest

pytestmark = pytest.mark.slow


async def test_gradio_still_has_what_the_studio_relies_on() -> None:
    # Imported by the test, for no other of these needs Gradio: collecting them is a matter of seconds.
    from tests.ui.gradio.reliances import RELIANCES

    missing = []
    for file, what, is_there in RELIANCES:
        try:
            there, why = is_there(), ""
        except Exception as error:
            there, why = False, f" ({error!r})"
        if not there:
            missing.append(f"Gradio no longer has {what}: see ui/gradio/{file}.py{why}")
    if missing:
        pytest.fail("\n".join(missing))
