"""Every way in which the route table lets one visitor ask for another's things."""

import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.access.made import SURNAME, Made
from tests.access.table import PARAMETER, SENDING

HEX = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Attempt:
    """A request, with another's ids wherever ids go."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    json: Any = None
    form: Any = None


@dataclass(frozen=True)
class Things:
    """Ids to put into requests: of each kind one, for a handler that gives one away gives them all; and of
    jobs one that has ended and one that is under way."""

    jobs: list[str]
    files: list[str]
    sessions: list[str]
    addresses: list[str]
    comparisons: list[str]
    url: str

    @property
    def any(self) -> list[str]:
        return [*self.jobs, *self.files, *self.sessions, *self.addresses, *self.comparisons]


def things_of(made: Made, url: str) -> Things:
    ended, under_way = made.jobs[0], made.jobs[-1]
    return Things(
        [ended, under_way], made.files[:1], made.sessions[:1], made.addresses[:1], made.comparisons[:1], url
    )


def unknown_things(things: Things) -> Things:
    """The same, of nobody: what is asked for them is what a stranger may be told."""

    def other(ids: list[str]) -> list[str]:
        return [HEX.sub(lambda _: uuid.uuid4().hex, text) for text in ids]

    addresses = [_elsewhere(one) for one in other(things.addresses)]
    return Things(
        other(things.jobs),
        other(things.files),
        other(things.sessions),
        addresses,
        other(things.comparisons),
        things.url,
    )


def _elsewhere(address: str) -> str:
    *folders, _, name = address.split("/")
    return "/".join([*folders, secrets.token_urlsafe(24), name])


def fill(name: str, things: Things) -> list[str]:
    """What goes into a parameter of a path. A name that is not known here fails: say what to try."""
    known = {
        "job_id": things.jobs,
        "file_id": things.files,
        "comparison_id": things.comparisons,
        "place": ["1", "2"],
        "token": [*things.files, *things.jobs],
        "event_id": things.any,
        "session_hash": things.sessions,
        "address": things.addresses,
        "path_or_url": [
            *things.addresses,
            *(f"{things.url}/api/v1/image/files/{one}" for one in things.files),
        ],
        "url_path": [f"{things.url}/api/v1/image/files/{one}" for one in things.files],
        "path": [*things.addresses, *things.any],
        "rest": [f"v1/image/jobs/{one}/x" for one in things.jobs],
        "api_name": ["edit", "job", "cancel"],
        "key": things.any,
        "id": things.any,
        "run": things.jobs,
        "component_id": ["1"],
        "segment_id": things.files,
        "ext": ["ts"],
        "environment": ["client"],
        "type": ["component"],
        "file_name": things.files,
        "size": ["192"],
    }
    assert name in known, f"a route has a parameter that this test does not know how to fill: {name}"
    return known[name]


def bodies(method: str, path: str, things: Things) -> list[Any]:
    """What to send to our own addresses. One that is not known here fails: say what to try."""
    if method not in SENDING:
        return [None]
    prompt = {"prompt": "mine"}
    picture = [*(f"{things.url}/api/v1/image/files/{one}" for one in things.files), *things.addresses]
    known: dict[str, list[Any]] = {
        "POST /api/v1/image/generate": [prompt | {"replaces": one} for one in things.jobs],
        "POST /api/v1/image/edit": [prompt | {"image_url": one} for one in picture],
        "POST /visitor/library/delete": [{"ids": things.files}],
        "POST /visitor/library/restore": [{"ids": things.files}],
        "POST /visitor/comparisons": [prompt | {"models": ["flux-2-pro", "imagen-4"], "dry_run": True}],
        "PUT /visitor/comparisons/{comparison_id}/vote": [{"winner": 1}],
        "PUT /visitor/access": [{"key": things.jobs[0]}],
        "PUT /visitor/keys": [{}],
        # Whoever ends a session ends their own: another's has no name that a request could give.
        "POST /visitor/session/end": [{"session": one} for one in things.any],
        **{f"{how} {one}": [None] for how in SENDING for one in WITHOUT_BODY},
    }
    if path.startswith(("/api/v1", "/visitor")) and path not in FORMS:
        where = f"{method} {path}"
        assert where in known, f"this test does not know what to send to {where}"
        return known[where]
    if PARAMETER.search(path) and "{api_name}" not in path:
        # What the path names is looked for there.
        return [gradio_call(things, things.jobs[0])]
    return [gradio_call(things, one) for one in things.any]


FILE, JOB = "/api/v1/image/files/{file_id}", "/api/v1/image/jobs/{job_id}"
WITHOUT_BODY = (
    FILE, f"{FILE}/favourite", f"{FILE}/share", f"{FILE}/restore",
    JOB, f"{JOB}/look-again", f"{JOB}/run-again", f"{JOB}/webhook", f"{JOB}/delete", f"{JOB}/restore",
    "/api/v1/image/everything", "/api/v1/image/everything/restore",
    "/visitor/jobs/{job_id}/delete", "/visitor/jobs/{job_id}/restore",
    "/visitor/everything", "/visitor/everything/restore",
    "/visitor/files/{file_id}/favourite", "/visitor/files/{file_id}/share",
    "/visitor/jobs/{job_id}/run-again", "/visitor/access", "/visitor/keys",
    "/visitor/comparisons/{comparison_id}/run", "/visitor/comparisons/{comparison_id}/stop",
)  # fmt: skip
FORMS = ("/visitor/library/zip", "/visitor/recipe")


def gradio_call(things: Things, one: str) -> dict[str, Any]:
    """Whatever Gradio may look for in a body, all of it another's."""
    file = {"path": one, "meta": {"_type": "gradio.FileData"}}
    return {
        "data": [one, False, False, file],
        "job_id": one,
        "prompt": "mine",
        "image": file,
        "event_id": one,
        "fn_index": 0,
        "session_hash": things.sessions[0],
        "component_id": 0,
        "fn_name": "x",
    }


def attempts(method: str, path: str, things: Things) -> Iterator[Attempt]:
    """Every request that this route makes possible."""
    for filled in _filled(path, things):
        if path in FORMS:
            yield Attempt(method, filled, form={"ids": ",".join(things.files)})
            continue
        for body in bodies(method, path, things):
            if body is None:
                queries = _queries(things) if filled == path and method == "GET" else [{}]
                yield from (Attempt(method, filled, query) for query in queries)
            else:
                yield Attempt(method, filled, json=_harmless(filled, body))


def _queries(things: Things) -> list[dict[str, str]]:
    wanted = {"job_id": things.jobs[0], "id": things.files[0], "ids": ",".join(things.files)}
    return [{}, {"q": SURNAME}, {"before": things.jobs[0]}, {"session_hash": things.sessions[0], **wanted}]


def _harmless(path: str, body: Any) -> Any:
    """Ids go anywhere but into prompts: those would rightly come back."""
    runs = path.startswith("/gradio_api/") and ("/generate" in path or "/edit" in path)
    return {**body, "data": ["mine", body["image"]]} if runs else body


def _filled(path: str, things: Things) -> list[str]:
    found = PARAMETER.search(path)
    if found is None:
        return [path]
    ways = [path[: found.start()] + value + path[found.end() :] for value in fill(found[1], things)]
    return [filled for way in ways for filled in _filled(way, things)]
