"""Which settings are refused, which are warned of, and in what words."""

from pathlib import Path
from typing import Any

import pytest

from imagestudio.core.data_dir import DataFolder
from imagestudio.core.settings import SettingsError, load_settings
from imagestudio.server.config_check import Finding, findings, refuse_danger, who_is_served
from tests.tables import rows

GOOD_KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
HERE = DataFolder(Path("data"), writable=True, durable=True)
BOUNDS = {"IMAGESTUDIO_DISK_QUOTA_MB": 1000, "IMAGESTUDIO_KEEP_DAYS": 30}
SPACE = {
    "SPACE_ID": "ann/studio",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "IMAGESTUDIO_DATA_DIR": "data",
    **BOUNDS,
}
LOGIN = {"OAUTH_CLIENT_ID": "an-id", "OAUTH_CLIENT_SECRET": "marked-oauth-secret"}
CLOSED_METRICS = Finding(
    "note", "IMAGESTUDIO_METRICS_TOKEN", "/metrics is closed to everybody until this is set."
)


def found(place: DataFolder = HERE, **variables: Any) -> list[Finding]:
    return findings(load_settings(variables), place)


def named(level: str, **variables: Any) -> list[str]:
    return [finding.variable for finding in found(**variables) if finding.level == level]


def test_a_laptop_with_keys_is_nothing_to_talk_about() -> None:
    assert found(FAL_KEY="marked:fal-key", BFL_API_KEY="marked-bfl-key") == []


@rows(
    ("variables", "dangerous"),
    [
        ({"IMAGESTUDIO_API_KEYS": "short"}, "IMAGESTUDIO_API_KEYS"),
        ({"IMAGESTUDIO_API_KEYS": f"{GOOD_KEY},short"}, "IMAGESTUDIO_API_KEYS"),
        ({"IMAGESTUDIO_API_KEYS": "a" * 40}, "IMAGESTUDIO_API_KEYS"),
        ({"IMAGESTUDIO_METRICS_TOKEN": "metrics"}, "IMAGESTUDIO_METRICS_TOKEN"),
        ({"IMAGESTUDIO_API_KEYS": GOOD_KEY, "FAL_KEY": GOOD_KEY}, "IMAGESTUDIO_API_KEYS"),
        ({"IMAGESTUDIO_API_KEYS": GOOD_KEY, "IMAGESTUDIO_SECRET_KEY": GOOD_KEY}, "IMAGESTUDIO_API_KEYS"),
        (
            {"BFL_API_KEY": "k", "IMAGESTUDIO_BFL_BASE_URL": "http://gateway.example"},
            "IMAGESTUDIO_BFL_BASE_URL",
        ),
        ({"IMAGESTUDIO_HF_BASE_URL": "http://gateway.example"}, "IMAGESTUDIO_HF_BASE_URL"),
        ({**SPACE, "IMAGESTUDIO_PUBLIC_URL": "http://ann-studio.hf.space"}, "IMAGESTUDIO_PUBLIC_URL"),
        ({"IMAGESTUDIO_ALLOWED_HOSTS": "*"}, "IMAGESTUDIO_ALLOWED_HOSTS"),
        (
            {"GRADIO_ROOT_PATH": "/studio", "IMAGESTUDIO_PUBLIC_URL": "https://a.example/other"},
            "GRADIO_ROOT_PATH",
        ),
        ({"GRADIO_ROOT_PATH": "/api/studio"}, "GRADIO_ROOT_PATH"),
        (
            {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 1, "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY": 2},
            "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY",
        ),
        (
            {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 5, "IMAGESTUDIO_BUDGET_USD_DAY": 2},
            "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY",
        ),
        ({"IMAGESTUDIO_HF_USERS": "ann,*"}, "IMAGESTUDIO_HF_USERS"),
    ],
)
def test_what_is_dangerous_is_refused_in_one_line(variables: dict[str, Any], dangerous: str) -> None:
    all_found = found(**variables)
    with pytest.raises(SettingsError) as caught:
        refuse_danger(all_found)
    assert str(caught.value).startswith(f"{dangerous}: ")
    assert "\n" not in str(caught.value)
    assert GOOD_KEY not in str(caught.value)


@rows(
    "harmless",
    [
        {"IMAGESTUDIO_API_KEYS": f"{GOOD_KEY},{OTHER_KEY}", "FAL_KEY": "marked:fal-key"},
        {"BFL_API_KEY": "k", "IMAGESTUDIO_BFL_BASE_URL": "http://127.0.0.1:9000/bfl"},
        {"IMAGESTUDIO_BFL_BASE_URL": "http://gateway.example"},
        {"IMAGESTUDIO_HF_BASE_URL": "http://127.0.0.1:9000/hf"},
        {"GRADIO_ROOT_PATH": "/apis", "IMAGESTUDIO_PUBLIC_URL": "https://a.example/apis"},
        {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 5, "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY": 1},
        {**SPACE, "IMAGESTUDIO_PUBLIC_URL": "https://ann-studio.hf.space"},
    ],
)
def test_what_is_not_is_started(harmless: dict[str, Any]) -> None:
    all_found = found(**harmless)
    refuse_danger(all_found)
    assert not [finding for finding in all_found if finding.level == "danger"]


def test_a_folder_that_cannot_be_written_is_refused() -> None:
    [danger] = found(DataFolder(Path("/srv"), writable=False, durable=True))
    assert danger == Finding(
        "danger", "IMAGESTUDIO_DATA_DIR", "/srv can't be written. Name a folder that can."
    )


def test_a_space_whose_storage_goes_is_warned_of() -> None:
    warning, *rest = found(DataFolder(Path("/tmp/x"), writable=True, durable=False), **SPACE)
    assert (warning.level, warning.variable) == ("warning", "IMAGESTUDIO_DATA_DIR")
    assert "lost when it restarts" in warning.message
    assert rest == [CLOSED_METRICS]


@rows(
    ("chosen", "warned"),
    [
        ({}, ["IMAGESTUDIO_API_KEYS"]),
        ({"IMAGESTUDIO_API_KEYS": GOOD_KEY}, ["IMAGESTUDIO_BUDGET_USD_DAY"]),
        ({"IMAGESTUDIO_HF_USERS": "ann"}, ["IMAGESTUDIO_BUDGET_USD_DAY", "IMAGESTUDIO_HF_USERS"]),
        ({"IMAGESTUDIO_HF_USERS": "ann", **LOGIN}, ["IMAGESTUDIO_BUDGET_USD_DAY"]),
        ({"IMAGESTUDIO_API_KEYS": GOOD_KEY, "IMAGESTUDIO_BUDGET_USD_MONTH": 9}, []),
        ({"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 1}, []),
        ({"IMAGESTUDIO_SANDBOX": "on"}, []),
    ],
)
def test_on_a_public_address_somebody_has_to_choose(chosen: dict[str, Any], warned: list[str]) -> None:
    assert named("warning", **SPACE, FAL_KEY="marked:fal-key", **chosen) == warned


@rows("unset", BOUNDS)
def test_what_strangers_can_fill_has_a_bound(unset: str) -> None:
    bounds = {name: value for name, value in BOUNDS.items() if name != unset}
    address = {"GRADIO_SERVER_NAME": "0.0.0.0"}
    assert named("warning", **address, **bounds) == [unset]
    assert named("warning", **bounds) == []


def test_where_anybody_may_say_where_they_come_from() -> None:
    told = {"GRADIO_SERVER_NAME": "0.0.0.0", "FORWARDED_ALLOW_IPS": "*", **BOUNDS}
    assert named("warning", **told) == ["FORWARDED_ALLOW_IPS"]
    assert named("warning", **told, SPACE_ID="ann/studio") == []
    assert named("warning", FORWARDED_ALLOW_IPS="*") == []


@rows(
    ("variables", "sentence"),
    [
        ({}, "The server has no provider keys. Visitors use the demo, or their own keys."),
        ({"FAL_KEY": "k"}, "The server's provider keys serve whoever uses this machine."),
        (
            {**SPACE, "FAL_KEY": "k"},
            "The server's provider keys serve holders of an API key. "
            "Everybody else uses their own keys, or the demo.",
        ),
        (
            {
                **SPACE,
                "FAL_KEY": "k",
                "IMAGESTUDIO_SANDBOX": "off",
                "IMAGESTUDIO_HF_USERS": "ann, bo",
                "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 2.5,
            },
            "The server's provider keys serve holders of an API key, 2 listed Hugging Face users, "
            "everybody within 2.5 USD a day. Everybody else uses their own keys.",
        ),
    ],
)
def test_who_is_served_is_one_sentence(variables: dict[str, Any], sentence: str) -> None:
    assert who_is_served(load_settings(variables)) == sentence
