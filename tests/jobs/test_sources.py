"""The picture to edit: taken, brought down, stilled, refused, and gone again where no job comes of it."""

import asyncio
import base64
import io
import sqlite3
from typing import Any

import pytest
from PIL import Image

from imagestudio.core.errors import BudgetExceeded, InvalidImage, StudioError
from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.studio.service import Studio, Upload
from tests.api.conftest import API, Open, open_api, picture, shared_emulator
from tests.jobs.conftest import Emulator, png
from tests.opened import open_studio
from tests.photos import PRIVATE, check_sent, exif, file_of, half, telling
from tests.tables import rows

in_one_loop = pytest.mark.asyncio(loop_scope="module")

__all__ = ["open_api", "shared_emulator"]


@in_one_loop
@rows(("megapixels", "status"), [(1, 400), (2, 200)])
async def test_a_visitor_s_picture_may_have_so_many_pixels(
    open_api: Open, megapixels: float, status: int
) -> None:
    async with open_api(IMAGESTUDIO_MAX_MEGAPIXELS=megapixels) as api:
        form: dict[str, Any] = {"data": {"prompt": "x"}, "files": {"image": picture(1500, 1000)}}
        answer = await api.post(f"{API}/edit", **form)
        assert answer.status_code == status, answer.text
        if status == 400:
            assert answer.json()["error"] == {
                "code": "INVALID_IMAGE",
                "message": "The picture is 1500 × 1000 pixels. At most 1 megapixels are taken; "
                "make it smaller.",
                "details": {"field": "image", "allowed": {"maxPixels": 1_000_000}},
            }


@in_one_loop
async def test_a_result_may_have_more_and_be_edited(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_MAX_MEGAPIXELS=0.1) as api:
        made = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]["images"][0]
        assert made["width"] * made["height"] > 100_000
        edit = {"prompt": "x", "image_url": f"{API}/files/{made['id']}"}
        assert (await api.post(f"{API}/edit", json=edit)).status_code == 200


async def test_a_picture_is_brought_down_upright_and_told() -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (800, 400), "teal").save(buffer, "jpeg", exif=exif)
    decoder = Decoder(processes=1)
    try:
        limits: dict[str, Any] = {"max_bytes": 10**6, "max_pixels": 80_000, "scale": True}
        taken = await decoder.take_in(buffer.getvalue(), **limits)
        again = await decoder.take_in(taken.data, **limits)
    finally:
        await decoder.aclose()
    with Image.open(io.BytesIO(taken.data)) as image:
        assert image.format == "JPEG"
        assert image.size == (200, 400)
    assert taken.notice is not None
    assert "scaled from 400 × 800 to 200 × 400 pixels" in str(taken.notice)
    assert (again.data, again.notice) == (taken.data, None)


COLOURS = ("teal", "red", "gold")


def gif() -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in COLOURS]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return buffer.getvalue()


async def test_the_first_picture_of_an_animation_is_edited(studio: Studio, emulator: Emulator) -> None:
    fields = {"prompt": "winter", "model": "flux-kontext"}
    job = await studio.submit("edit", fields, upload=Upload(gif()))
    job = await studio.wait(job.id, 60)
    assert (job.status, job.input_file is not None) == ("succeeded", True)
    file, _ = await studio.file(job.input_file or "")
    assert (file.mime_type, file.width, file.height) == ("image/png", 64, 48)
    (submit,) = emulator.submits
    with Image.open(io.BytesIO(base64.b64decode(submit.body["input_image"]))) as sent:
        assert (sent.format, sent.size, sent.convert("RGB").getpixel((5, 5))) == (
            "PNG",
            (64, 48),
            (0, 128, 128),
        )


async def test_a_gif_that_breaks_off_is_refused_whole(studio: Studio, emulator: Emulator) -> None:
    fields = {"prompt": "winter", "model": "flux-kontext", "image_url": "data:image/gif;base64,"}
    fields["image_url"] += base64.b64encode(gif()[:100]).decode()
    with pytest.raises(InvalidImage, match="damaged or cut off"):
        await studio.submit("edit", fields)
    assert emulator.submits == []


EDIT = {"prompt": "winter", "model": "flux-kontext"}


def inputs(settings: Settings) -> tuple[int, set[str]]:
    """How many pictures to edit are recorded, and which files there are that no record names."""
    with sqlite3.connect(settings.data_dir / "studio.db") as database:
        (records,) = database.execute("SELECT count(*) FROM files WHERE kind = 'input'").fetchone()
        named = {name for (name,) in database.execute("SELECT name FROM files")}
    root = settings.data_dir / "files"
    kept = {path.relative_to(root).as_posix() for path in root.glob("[0-9a-f][0-9a-f]/*")}
    return records, (kept | {path.name for path in (root / "incoming").iterdir()}) - named


async def test_a_budget_that_refuses_an_edit_keeps_nothing_of_it(settings: Settings) -> None:
    async with open_studio(settings.model_copy(update={"budget_usd_day": 0.01})) as studio:
        with pytest.raises(BudgetExceeded):
            await studio.submit("edit", EDIT, upload=Upload(png()))
        assert inputs(settings) == (0, set())


async def test_what_was_here_before_stays(settings: Settings, emulator: Emulator) -> None:
    async with open_studio(settings) as studio:
        job = await studio.wait((await studio.submit("edit", EDIT, upload=Upload(png()))).id, 60)
    async with open_studio(settings.model_copy(update={"budget_usd_day": 0.01})) as studio:
        with pytest.raises(BudgetExceeded):
            await studio.run_again(job.id)
        _, path = await studio.file(job.input_file or "")
        assert path.read_bytes() == png()
        assert inputs(settings) == (1, set())


async def test_duplicates_at_once_keep_one_picture(
    settings: Settings, studio: Studio, emulator: Emulator
) -> None:
    async def ask() -> Job | StudioError:
        return await studio.submit("edit", EDIT, upload=Upload(png()), idempotency_key="once")

    jobs = await asyncio.gather(*(ask() for _ in range(10)))
    assert len({job.id for job in jobs if isinstance(job, Job)}) == 1
    await studio.wait(jobs[0].id, 60)
    assert inputs(settings) == (1, set())
    assert len(emulator.submits) == 1


async def test_a_dry_run_keeps_nothing(settings: Settings, studio: Studio) -> None:
    await studio.submit("edit", EDIT | {"dry_run": True}, upload=Upload(png()))
    assert inputs(settings) == (0, set())


async def test_what_an_older_studio_kept_with_private_data_leaves_without(
    studio: Studio, emulator: Emulator
) -> None:
    job = await studio.wait((await studio.submit("edit", EDIT, upload=Upload(png()))).id, 60)
    _, path = await studio.file(job.input_file or "")
    path.write_bytes(telling("PNG"))
    again = await studio.wait((await studio.run_again(job.id)).id, 60)
    assert (again.status, again.input_file == job.input_file) == ("succeeded", False)
    check_sent(base64.b64decode(emulator.submits[-1].body["input_image"]), PRIVATE)
    same = await studio.wait((await studio.run_again(again.id)).id, 60)
    assert same.input_file == again.input_file


async def test_the_page_brings_down_and_turns_in_one(studio: Studio, emulator: Emulator) -> None:
    photo = half().resize((6000, 4000))
    upload = Upload(file_of(photo, "JPEG", exif=exif(turned=6)))
    job = await studio.wait((await studio.submit("edit", EDIT, upload=upload, fit=True)).id, 60)
    (warning,) = job.warnings
    assert "scaled from 4000 × 6000" in str(warning)
    assert "turned upright" in str(warning)
    with Image.open(io.BytesIO(base64.b64decode(emulator.submits[-1].body["input_image"]))) as sent:
        assert sent.height > sent.width
