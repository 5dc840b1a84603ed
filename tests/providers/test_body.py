"""Bodies hold what the route requires and what was asked, where the route wants it."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imagestudio.catalog.price import Evidence, PerImage
from imagestudio.catalog.spec import Route, SourceImage
from imagestudio.core.request import InputImage
from imagestudio.providers.body import build_body, encode_source

ROUTE = Route(
    upstream="acme-paint",
    endpoint="/paint",
    price=PerImage(0.01, Evidence(source="https://acme.example/prices", read="2026-11-23")),
    wire={"prompt": "jobs.0.input.text", "width": "jobs.0.width", "seed": "seed", "num_images": "counts.1"},
    fixed={"jobs": [{"mode": "fast"}], "counts": [7, 7]},
)


def test_values_go_where_the_route_wants_them() -> None:
    values = {"prompt": "A cup", "width": 512, "seed": 0, "num_images": 3}
    assert build_body(ROUTE, values) == {
        "jobs": [{"mode": "fast", "input": {"text": "A cup"}, "width": 512}],
        "counts": [7, 3],
        "seed": 0,
    }


def test_what_has_no_place_on_the_wire_is_not_sent() -> None:
    assert build_body(ROUTE, {"vector": True}) == {"jobs": [{"mode": "fast"}], "counts": [7, 7]}


def test_the_catalog_stays_as_it_is() -> None:
    build_body(ROUTE, {"prompt": "A cup", "num_images": 3})
    assert ROUTE.fixed == {"jobs": [{"mode": "fast"}], "counts": [7, 7]}


def test_two_bodies_share_nothing() -> None:
    first, second = build_body(ROUTE, {}), build_body(ROUTE, {})
    first["jobs"][0]["mode"] = "slow"
    assert second["jobs"][0]["mode"] == "fast"


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


async def test_a_source_is_sent_as_bare_base64(source: InputImage) -> None:
    assert await encode_source(source, SourceImage("image", "base64")) == encoded(source.path)


async def test_a_data_uri_names_the_type(source: InputImage) -> None:
    webp = replace(source, mime_type="image/webp")
    uri = await encode_source(webp, SourceImage("image", "data_uri"))
    assert uri == f"data:image/webp;base64,{encoded(source.path)}"


@pytest.mark.parametrize(("encoding", "prefix"), [("base64", ""), ("data_uri", "data:image/png;base64,")])
async def test_a_list_holds_the_one_source(source: InputImage, encoding: Any, prefix: str) -> None:
    how = SourceImage("images", encoding, in_list=True)
    assert await encode_source(source, how) == [prefix + encoded(source.path)]
