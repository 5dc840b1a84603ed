"""A job's request as something to paste: for a shell, and for Python over HTTP or with Gradio's client.

No key is ever in it: where the studio asks for one, the text takes it from $IMAGESTUDIO_API_KEY.
"""

import json
import shlex
from dataclasses import dataclass
from pprint import pformat
from typing import Any

from imagestudio.core.job import Job
from imagestudio.core.request import Task

API = "/api/v1/image"
VARIABLE = "IMAGESTUDIO_API_KEY"
KEY_IMPORT = "from os import environ\n\n"
WIDTH = 88


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask of which studio."""

    task: Task
    fields: dict[str, Any]
    """By the public contract; a picture to edit as an address of the studio's file."""
    origin: str
    """Scheme, host and any path in front, without a slash at the end."""
    needs_key: bool

    @property
    def url(self) -> str:
        """Where it goes by REST."""
        return f"{self.origin}{API}/{self.task}"


def request_of(job: Job, origin: str, *, needs_key: bool) -> Request:
    """The request that makes a job's pictures again."""
    fields = {"prompt": job.prompt, "model": job.model, **job.controls}
    if job.input_file is not None:
        fields["image_url"] = f"{origin}{API}/files/{job.input_file}"
    return Request(job.task, fields, origin, needs_key)


def as_curl(request: Request) -> str:
    """One command for a POSIX shell. It waits for the job and prints the answer, a refusal too."""
    lines = [
        f"curl -sS -X POST {shlex.quote(request.url)}",
        "-H 'Content-Type: application/json'",
        *([f'-H "Authorization: Bearer ${VARIABLE}"'] if request.needs_key else []),
        f"--data-raw {shlex.quote(json.dumps(request.fields, ensure_ascii=False))}",
    ]
    return " \\\n  ".join(lines) + "\n"


def as_httpx(request: Request) -> str:
    """A Python program that needs httpx. It waits for the job and prints it."""
    headers = f'    headers={{"Authorization": f"Bearer {{environ[{VARIABLE!r}]}}"}},\n'
    return (
        f"{KEY_IMPORT if request.needs_key else ''}"
        "import httpx\n\n"
        "answer = httpx.post(\n"
        f"    {request.url!r},\n"
        f"{headers if request.needs_key else ''}"
        f"    json={_literal(request.fields, 9)},\n"
        "    timeout=None,\n"
        ")\n"
        "answer.raise_for_status()\n"
        'print(answer.json()["data"])\n'
    )


def as_gradio_client(request: Request) -> str:
    """A Python program that needs gradio_client. It waits for the job and prints its pictures' files."""
    headers = f', headers={{"Authorization": f"Bearer {{environ[{VARIABLE!r}]}}"}}'
    arguments = "".join(
        f"    {name}={_literal(value, len(name) + 5)},\n" for name, value in request.fields.items()
    )
    return (
        f"{KEY_IMPORT if request.needs_key else ''}"
        "from gradio_client import Client\n\n"
        f"client = Client({request.origin!r}{headers if request.needs_key else ''})\n"
        "images, job = client.predict(\n"
        f"{arguments}"
        f'    api_name="/{request.task}",\n'
        ")\n"
        "print(images)\n"
    )


def _literal(value: Any, column: int) -> str:
    """A value as Python source, further lines indented to where it begins."""
    text = pformat(value, width=WIDTH - column, sort_dicts=False)
    return text.replace("\n", "\n" + " " * column)
