"""How many pixels a picture to edit has at most."""

from typing import Any

import pytest

from tests.api.conftest import API, Open, open_api, picture, shared_emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

__all__ = ["open_api", "shared_emulator"]


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


async def test_a_result_may_have_more_and_be_edited(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_MAX_MEGAPIXELS=0.1) as api:
        made = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]["images"][0]
        assert made["width"] * made["height"] > 100_000
        edit = {"prompt": "x", "image_url": f"{API}/files/{made['id']}"}
        assert (await api.post(f"{API}/edit", json=edit)).status_code == 200
