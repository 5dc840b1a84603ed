"""The secret: given, or made once and kept to its owner."""

import asyncio
import stat
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from imagestudio.core.secret_file import read_or_create_secret
from imagestudio.core.settings import SettingsError, load_settings
from imagestudio.jobs.webhooks.signing import PREFIX, Signer
from tests.jobs.webhooks.conftest import SECRET, Make, run
from tests.tables import rows


async def test_a_secret_is_made_at_first_use_and_stays(make_world: Make, tmp_path: Path) -> None:
    path = tmp_path / "data" / "webhook-secret"
    world = make_world(IMAGESTUDIO_WEBHOOK_SECRET=None)
    async with world.api() as api:
        assert not path.exists()
        await run(api)
        await world.receiver.until(1)
    secret = path.read_text().strip()
    async with world.api() as api:
        await run(api)
        await world.receiver.until(2)
    assert path.read_text().strip() == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for arrived in world.receiver.arrived:
        assert arrived.verified(secret)["type"] == "job.succeeded"
        with pytest.raises(WebhookVerificationError):
            arrived.verified(SECRET)


async def test_one_secret_however_many_ask_at_once(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    found = await asyncio.gather(*(asyncio.to_thread(read_or_create_secret, path, PREFIX) for _ in range(20)))
    assert set(found) == {path.read_text().strip()}


async def test_the_schemes_own_example(tmp_path: Path) -> None:
    # From the specification at www.standardwebhooks.com, which the library's tests use as well.
    secret = load_settings({"IMAGESTUDIO_WEBHOOK_SECRET": SECRET}).webhook_secret
    signer = Signer(secret, tmp_path / "unused")
    headers = await signer.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330.9, '{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert list(tmp_path.iterdir()) == []


@rows("secret", ["x", "whsec_", "whsec_c2hvcnQ=", f"whsec_{'A' * 88}", "whsec_!", SECRET[6:]])
def test_a_secret_that_is_none_stops_the_start(secret: str) -> None:
    with pytest.raises(SettingsError) as failure:
        load_settings({"IMAGESTUDIO_WEBHOOK_SECRET": secret})
    assert str(failure.value) == "IMAGESTUDIO_WEBHOOK_SECRET: must be whsec_ and 24 to 64 bytes in base64"
