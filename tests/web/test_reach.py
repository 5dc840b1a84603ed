"""A studio that thinks itself alone, on an address that it was not told of."""

from pathlib import Path

import httpx
import pytest

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app

TOLD = {"GRADIO_SERVER_NAME": "0.0.0.0"}


@pytest.mark.parametrize(
    ("address", "settings", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("[::1]", {}, 200),
        ("localhost", {}, 200),
        ("192.0.2.7", {}, 403),
        ("[2001:db8::7]", {}, 403),
        ("10.0.0.7", {}, 403),
        ("192.0.2.7", TOLD, 200),
    ],
)
async def test_who_comes_by_another_address_is_no_owner(
    tmp_path: Path, address: str, settings: dict[str, str], status: int
) -> None:
    app = create_app(load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path, **settings}), with_page=False)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"http://{address}:7860") as client,
    ):
        # However it is called.
        answer = await client.get("/api/v1/image/jobs", headers={"Host": "localhost:7860"})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "FORBIDDEN"
        assert "GRADIO_SERVER_NAME" in answer.json()["error"]["message"]
