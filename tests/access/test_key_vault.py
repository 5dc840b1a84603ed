"""Keys that visitors bring: held for their owner, forgotten in time, and never shown."""

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.access.key_vault import KEPT_S, OWNERS, KeyVault
from imagestudio.core.errors import InvalidParameter
from tests.tables import rows

KEY = "marked-secret-key"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_an_owners_own_and_are_forgotten_after_twelve_hours_without_use() -> None:
    clock = Clock()
    vault = KeyVault(clock)
    vault.keep("ann", "bfl", SecretStr(KEY))
    assert vault.keys("bob") == {}
    clock.now = KEPT_S
    assert vault.keys("ann") == {"bfl": SecretStr(KEY)}
    clock.now = 2 * KEPT_S
    assert vault.keys("ann") == {"bfl": SecretStr(KEY)}
    clock.now = 3 * KEPT_S + 1
    assert vault.keys("ann") == {}


def test_they_are_replaced_and_taken_back_one_by_one_or_together() -> None:
    vault = KeyVault(Clock())
    vault.keep("ann", "bfl", SecretStr(KEY))
    vault.keep("ann", "fal", SecretStr("another-secret-key"))
    vault.keep("ann", "bfl", None)
    assert vault.keys("ann") == {"fal": SecretStr("another-secret-key")}
    vault.forget("ann")
    assert vault.keys("ann") == {}


def test_strangers_can_not_fill_the_memory() -> None:
    vault = KeyVault(Clock())
    for number in range(OWNERS + 5):
        vault.keep(f"session:{number}", "bfl", SecretStr(KEY))
    assert repr(vault) == f"KeyVault({OWNERS} owners)"
    assert vault.keys("session:0") == {}


def test_a_request_brings_keys_in_headers_which_win_over_what_is_held() -> None:
    vault = KeyVault(Clock())
    vault.keep("ann", "bfl", SecretStr(KEY))
    vault.keep("ann", "fal", SecretStr("held-secret-key"))
    headers = Headers({"X-Fal-Key": "brought:secret", "X-HF-Token": "hf_brought_token", "X-BFL-Key": " "})
    brought = {"fal": SecretStr("brought:secret"), "huggingface": SecretStr("hf_brought_token")}
    assert vault.own_keys(headers, None) == brought
    assert vault.own_keys(headers, "ann") == {**brought, "bfl": SecretStr(KEY)}
    assert KEY not in repr(vault)
    assert "secret" not in repr(vault.own_keys(headers, "ann"))


@rows("value", ["short", "two words are no key", "ключ-ключ-ключ", "x" * 5000, "marked\x01secret"])
@rows("header", ["X-Gemini-Key", "X-BFL-Key", "X-Fal-Key", "X-HF-Token"])
def test_what_can_not_be_a_key_is_refused_by_name_and_not_repeated(header: str, value: str) -> None:
    sent = Headers(raw=[(header.lower().encode(), value.encode())])
    with pytest.raises(InvalidParameter, match=header) as refusal:
        KeyVault(Clock()).own_keys(sent, None)
    assert value not in str(refusal.value.as_dict())
