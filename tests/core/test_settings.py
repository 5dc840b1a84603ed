"""The settings: read once, wrong ones named in one line, documented in docs/settings.md."""

import re
from pathlib import Path

import pytest

from imagestudio.core.settings import VARIABLES, SettingsError, load_settings
from tests.opened import open_studio

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variables in VARIABLES.values():
        for variable in variables:
            monkeypatch.delenv(variable, raising=False)


def test_nothing_is_needed() -> None:
    settings = load_settings()
    assert settings.demo
    assert settings.server_name == "127.0.0.1"
    assert settings.server_port == 7860
    assert settings.key(("GEMINI_API_KEY", "GOOGLE_API_KEY")) is None


@pytest.mark.parametrize(
    ("sandbox", "key", "demo"),
    [("auto", "", True), ("auto", "k", False), ("on", "k", True), ("off", "", False), ("off", "k", False)],
)
def test_the_sandbox_runs_while_no_key_is_set(
    monkeypatch: pytest.MonkeyPatch, sandbox: str, key: str, demo: bool
) -> None:
    monkeypatch.setenv("IMAGESTUDIO_SANDBOX", sandbox)
    monkeypatch.setenv("FAL_KEY", key)
    assert load_settings().demo is demo


def test_the_vendors_own_variable_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "second")
    assert load_settings().key(("GEMINI_API_KEY", "GOOGLE_API_KEY")) == "second"
    monkeypatch.setenv("GEMINI_API_KEY", "first")
    assert load_settings().key(("GEMINI_API_KEY", "GOOGLE_API_KEY")) == "first"


def test_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "very-secret")
    monkeypatch.setenv("IMAGESTUDIO_API_KEYS", "also-secret, third-secret,")
    settings = load_settings()
    assert [key.get_secret_value() for key in settings.api_keys] == ["also-secret", "third-secret"]
    assert "-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("IMAGESTUDIO_SANDBOX", "maybe"),
        ("IMAGESTUDIO_SYNC_TIMEOUT_S", "soon"),
        ("IMAGESTUDIO_JOB_TIMEOUT_S", "0"),
        ("IMAGESTUDIO_BFL_BASE_URL", "ftp://example.com"),
        ("IMAGESTUDIO_PUBLIC_URL", "studio.example.com"),
        ("IMAGESTUDIO_PUBLIC_URL", "https://studio.example/a b"),
        ("GRADIO_ROOT_PATH", "/a/../b"),
        ("GRADIO_ROOT_PATH", "https://studio.example/?a"),
        ("IMAGESTUDIO_IMAGEN_ROUTE", "vertex"),
        ("IMAGESTUDIO_DATABASE_URL", "mysql://x"),
        ("IMAGESTUDIO_BLOBS_URL", "s3://bucket"),
        ("GRADIO_SERVER_PORT", "70000"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"{variable}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+aiosqlite"])
async def test_a_database_is_opened_by_either_driver_s_name(tmp_path: Path, driver: str) -> None:
    url = f"{driver}:///{tmp_path}/mine.db"
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path, "IMAGESTUDIO_DATABASE_URL": url})
    async with open_studio(settings) as studio:
        assert await studio.jobs() == []
    assert (tmp_path / "mine.db").is_file()


def test_every_setting_is_in_the_table_and_every_one_there_is_real() -> None:
    table = (ROOT / "docs/settings.md").read_text()
    documented = set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", table))
    assert documented == {variable for variables in VARIABLES.values() for variable in variables}
