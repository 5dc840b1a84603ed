"""Taking secrets out of text that is about to be written where others read it."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from pydantic import SecretStr

from imagestudio.core.settings import Settings

HIDDEN = "[hidden]"
SHORTEST = 6
"""Characters. What is shorter is no real secret, and may be an ordinary word of the text."""

# What a header or field that carries a key is called, in logs of ours and of the libraries.
_CARRIERS = (
    r"authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-key|x-goog-api-key|x-gemini-key|"
    r"x-bfl-key|x-fal-key|x-hf-token|api[_-]?key|fal[_-]key|access[_-]token|refresh[_-]token|client[_-]secret"
)
# Where a word begins: in text that was escaped on its way, as in a repr or an address, right after an escape.
_BEGIN = r"(?:\b|(?<=\\[abfnrtv0])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"


def _without_query(url: re.Match[str]) -> str:
    return f"{url[1]}?…" if url[2] else url[0]


# Each is linear: what it has read it does not read again, or it ends with a match.
_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # What pydantic says of a value that it can't read holds that value.
    (re.compile(r"\binput_value=[^\r\n]*+"), f"input_value={HIDDEN}"),
    # `Authorization: Key abc`, `"x-key": "abc"`, `(b'cookie', b'abc')`: the whole value goes.
    (
        # A quote that is never closed, as in what was cut, hides the rest of its line.
        re.compile(
            rf"(?i){_BEGIN}({_CARRIERS})(['\"]?\s*+[:=,]\s*+)"
            r"(b?(['\"])(?:\\.|(?!\4)[^\\\r\n])*+\4?|[^'\"\r\n]++)"
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(rf"(?i){_BEGIN}(bearer|key)\s+[A-Za-z0-9._~+/:-]{{15,}}[A-Za-z0-9_~+/-]=*"), rf"\1 {HIDDEN}"),
    # A query may hold a key, a signature or a session; the rest of a URL says enough.
    (re.compile(r"(?i)(\b(?:https?|wss?)://[^\s?#'\"<>]*+)(?:(\?)[^\s'\"<>]*+)?"), _without_query),
    (re.compile(r"(?i)\b((?:https?|wss?)://)[^\s/@'\"<>]++@"), rf"\1{HIDDEN}@"),
    # The forms that the vendors give their keys: Google's, Hugging Face's, fal's; and we ours.
    (re.compile(rf"{_BEGIN}AIza[0-9A-Za-z_-]{{20,}}"), HIDDEN),
    (re.compile(rf"{_BEGIN}AQ\.[0-9A-Za-z_-]{{20,}}"), HIDDEN),
    (re.compile(rf"{_BEGIN}(?:hf|bfl|studio)_[0-9A-Za-z_-]{{16,}}"), HIDDEN),
    (re.compile(rf"(?i){_BEGIN}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}:[0-9a-f]{{16,}}"), HIDDEN),
    (re.compile(rf"{_BEGIN}whsec_[0-9A-Za-z+/=]{{16,}}"), HIDDEN),
    # JSON Web Tokens, such as Hugging Face's OAuth gives; and the first part of one that was cut.
    (re.compile(rf"{_BEGIN}eyJ[0-9A-Za-z_-]{{8,}}+(?:\.[0-9A-Za-z_-]++)*+"), HIDDEN),
)


class Redactor:
    """Hides the secrets it was told of, and whatever looks like one: a visitor's own key, say."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
        # The longest first: a secret may begin as another one does.
        longest_first = sorted((form for form in forms if len(form) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text without them. Takes time in proportion to its length."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def secrets_of(settings: Settings) -> list[str]:
    """Every secret that the settings hold."""
    secrets = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, SecretStr):
                secrets.append(part.get_secret_value().strip())
    return secrets
