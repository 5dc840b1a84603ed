"""A provider that repeats the key in other letters: escaped in JSON, quoted in an address, over and over."""

import json
from typing import Any
from urllib.parse import quote

from imagestudio.net import Fetcher
from imagestudio.providers.http import Wire, provider_client, same_origin
from tests.tables import rows

KEY = "marked/id-3f9a:marked+secret-3f9a"


def escaped(key: str) -> str:
    return "".join(f"\\u{ord(letter):04X}" for letter in key)


@rows(
    "written",
    [
        KEY,
        quote(KEY, safe=""),
        quote(KEY),
        quote(KEY, safe="").replace("%2F", "%2f").replace("%3A", "%3a").replace("%2B", "%2b"),
        escaped(KEY),
        KEY.replace("/", "\\/"),
        KEY.replace("a", "\\u0061"),
        *(escaped(half) for half in KEY.split(":")),
    ],
)
@rows("where", ['["%s"]', '{"%s": 7}', '{"detail": [{"msg": "no %s"}], "input": null}'])
async def test_no_way_to_write_the_key_brings_it_in(site: Any, written: str, where: str) -> None:
    body = (where % written).encode()
    site.then(b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    answer = await asked(site.url, KEY)
    for said in (json.dumps(answer.json), answer.text):
        assert "[key]" in said
        assert "3f9a" not in said
        assert "\\u" not in said


async def test_a_long_key_said_often_is_not_cut_in_half(site: Any) -> None:
    key = "".join(f"k{number:05}" for number in range(680))
    body = b"<p>" + key.encode() * 40 + b"</p>"
    site.then(b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    assert (await asked(site.url, key)).text == f"<p>{'[key]' * 40}</p>"


async def asked(url: str, key: str) -> Any:
    fetcher = Fetcher()
    async with provider_client() as client:
        wire = Wire(
            title="Acme",
            client=client,
            fetcher=fetcher,
            base_url=url,
            key_headers={"authorization": f"Key {key}"},
            key_variable="ACME_KEY",
            owns=same_origin,
        )
        answer = await wire.submit("/paint", {})
    await fetcher.aclose()
    return answer
