"""What was paid for and can't be shown: the page says so, and has it as a download."""

from pathlib import Path

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.ui import job_line
from imagestudio.ui import result_html as results
from imagestudio.ui.locale import EN
from tests.fresh import data_folder
from tests.jobs.conftest import GOOGLE, KEYS, run, serve
from tests.opened import open_studio


async def test_what_can_not_be_shown_can_be_downloaded(tmp_path: Path) -> None:
    sent = {"damaged": b"\xff\xd8\xff\xe0", "a page": b"<!doctype html><title>Oops</title>"}
    async with serve(create_sandbox(speed=0, paint=lambda wish: sent[wish.prompt])) as url:
        origin = {"IMAGESTUDIO_GOOGLE_BASE_URL": f"{url}/google"}
        settings = load_settings({**KEYS, **origin, "IMAGESTUDIO_DATA_DIR": data_folder(tmp_path / "data")})
        async with open_studio(settings) as studio:
            damaged, page = [await run(studio, GOOGLE, name) for name in sent]
            shown = await results.pictures(studio, damaged, lambda file, _: f"/files/{file.id}", EN)
            assert "<img" not in shown
            assert "data-edits" not in shown
            assert EN.not_read in shown.replace("&#x27;", "'")
            assert f'href="/files/{damaged.files[0].id}" download=' in shown
            assert " × " not in job_line.line(damaged, EN)
            assert await results.pictures(studio, page, lambda file, _: file.id, EN) == ""
            assert f'href="visitor/files/{page.files[0].id}" download' in results.failed(page, EN)
