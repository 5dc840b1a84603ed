"""A setting that is wrong keeps the studio from starting; the line that says so, which ends up in logs, names
the variable and not what it holds."""

import traceback
from pathlib import Path
from typing import Any

import pytest

from imagestudio.core.data_dir import inspect_folder
from imagestudio.core.settings import SettingsError, load_settings
from imagestudio.server.config_check import findings, refuse_danger
from tests.planted.search import Search
from tests.planted.secrets import HOST, MARK, SETTINGS, marked

WRONG = {
    "too short to sign with": ("IMAGESTUDIO_SECRET_KEY", MARK),
    "no signing key": ("IMAGESTUDIO_WEBHOOK_SECRET", f"whsec_{MARK}"),
    "no key's letters": ("GEMINI_API_KEY", marked("ü", "google")),
    "guessed": ("IMAGESTUDIO_API_KEYS", MARK),
    "guessed, too": ("IMAGESTUDIO_METRICS_TOKEN", MARK),
    "for two doors": ("IMAGESTUDIO_API_KEYS", HOST["bfl"]),
    "where a number belongs": ("IMAGESTUDIO_BUDGET_USD_DAY", HOST["bfl"]),
    "where a choice belongs": ("IMAGESTUDIO_SANDBOX", HOST["bfl"]),
    "where a name belongs": ("IMAGESTUDIO_ALLOWED_HOSTS", HOST["bfl"]),
    "where an origin belongs": ("IMAGESTUDIO_CORS_ORIGINS", HOST["bfl"]),
    "in an address": ("IMAGESTUDIO_PUBLIC_URL", f"https://studio.example/?key={MARK}"),
    "in the name of an address": ("IMAGESTUDIO_BFL_BASE_URL", f"https://{MARK}@api.example"),
    "where a database belongs": ("IMAGESTUDIO_DATABASE_URL", f"postgresql://ann:{MARK}@db.example/studio"),
    "where pictures go": ("IMAGESTUDIO_BLOBS_URL", f"s3://{MARK}@bucket"),
}


def start(settings: dict[str, Any]) -> None:
    """As far as the settings alone decide."""
    loaded = load_settings(settings)
    refuse_danger(findings(loaded, inspect_folder(loaded.data_dir, False)))


@pytest.mark.parametrize("what", WRONG)
def test_it_is_named_and_not_repeated(what: str, tmp_path: Path) -> None:
    variable, value = WRONG[what]
    start(SETTINGS | {"IMAGESTUDIO_DATA_DIR": tmp_path})
    with pytest.raises(SettingsError, match=f"^{variable}: ") as refused:
        start(SETTINGS | {"IMAGESTUDIO_DATA_DIR": tmp_path, variable: value})
    search = Search()
    search.look("the line", str(refused.value).encode())
    search.look("its traceback", "".join(traceback.format_exception(refused.value)).encode())
    search.nothing()
