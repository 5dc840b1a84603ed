"""A proxy that does not say whose requests it sends is named in the log, once."""

import httpx
import pytest

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.fresh import data_folder
from tests.tables import rows

PUBLIC = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.example"}
SAID = "sends several visitors without X-Forwarded-For"


@rows(
    ("address", "headers", "times"),
    [
        ("10.0.2.100", {}, 1),
        ("127.0.0.1", {}, 1),
        ("10.0.2.100", {"X-Forwarded-For": "203.0.113.7"}, 0),
        ("203.0.113.7", {}, 0),
    ],
)
async def test_a_silent_proxy_is_named_once(
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
    address: str,
    headers: dict[str, str],
    times: int,
) -> None:
    caplog.clear()
    data = data_folder(tmp_path_factory.mktemp("studio") / "data")
    app = create_app(load_settings({**PUBLIC, "IMAGESTUDIO_DATA_DIR": data}), with_page=False)
    transport = httpx.ASGITransport(app, client=(address, 5))
    async with app.router.lifespan_context(app):
        for _ in range(5):
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as visitor:
                for _ in range(3):
                    await visitor.get("/visitor", headers=headers)
    told = [record.getMessage() for record in caplog.records if SAID in record.getMessage()]
    assert len(told) == times
    assert all(f"FORWARDED_ALLOW_IPS: {address} counts as a proxy" in line for line in told)
