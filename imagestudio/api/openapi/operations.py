"""The operations of the API as OpenAPI has them."""

from typing import Any, get_args

from imagestudio.api.bodies import MAX_BODY
from imagestudio.api.jobs import MOST, USUAL
from imagestudio.api.openapi import errors as failures
from imagestudio.api.openapi import files as keepsakes
from imagestudio.api.openapi import retries as second_tries
from imagestudio.api.openapi import sharing
from imagestudio.api.openapi import usage as spending
from imagestudio.api.openapi import webhook as callbacks
from imagestudio.api.openapi.components import ref, succeeded
from imagestudio.api.openapi.errors import responses
from imagestudio.api.openapi.parts import JOB_ID, answer, goes_on, idempotency_key, in_path, optional, prefer
from imagestudio.api.openapi.requests import DRY_RUN, REPLACES, WEBHOOK_URL
from imagestudio.api.usage import USAGE
from imagestudio.catalog import default_model, models_for
from imagestudio.core.errors import StudioError
from imagestudio.core.request import Task
from imagestudio.jobs.document import API


def paths() -> dict[str, Any]:
    """Every path of the API."""
    return {
        f"{API}/generate": {"post": _run("generate", "Make pictures from a prompt")},
        f"{API}/edit": {"post": _run("edit", "Change a picture")},
        f"{API}/models": {"get": _models()},
        f"{API}/jobs": {"get": _jobs()},
        f"{API}/jobs/{{job_id}}": {
            "parameters": [in_path("job_id", JOB_ID)],
            "get": _job("readJob", "A job as it stands"),
            "delete": _cancel(),
        },
        f"{API}/jobs/{{job_id}}/look-again": {
            "parameters": [in_path("job_id", JOB_ID)],
            "post": second_tries.look_again(),
        },
        f"{API}/jobs/{{job_id}}/run-again": {
            "parameters": [in_path("job_id", JOB_ID)],
            "post": second_tries.run_again(),
        },
        f"{API}/jobs/{{job_id}}/webhook": {
            "parameters": [in_path("job_id", JOB_ID)],
            "post": callbacks.replay(),
        },
        f"{API}/files/{{file_id}}": {
            "parameters": [in_path("file_id", JOB_ID)],
            "get": _file("readFile", "The bytes of a stored picture"),
            "head": _file("headFile", "The headers of a stored picture"),
            "delete": keepsakes.delete(),
        },
        f"{API}/files/{{file_id}}/favourite": {
            "parameters": [in_path("file_id", JOB_ID)],
            **keepsakes.favourite(),
        },
        f"{API}/files/{{file_id}}/restore": {
            "parameters": [in_path("file_id", JOB_ID)],
            "post": keepsakes.restore(),
        },
        f"{API}/files/{{file_id}}/share": {
            "parameters": [in_path("file_id", JOB_ID)],
            **sharing.share(),
        },
        f"{API}/files/{{file_id}}/thumbnail": {
            "parameters": [in_path("file_id", JOB_ID)],
            "get": _file("readThumbnail", "A WebP of at most 512 pixels a side"),
            "head": _file("headThumbnail", "The headers of a thumbnail"),
        },
        f"{API}/files/{{file_id}}/preview": {
            "parameters": [in_path("file_id", JOB_ID)],
            "get": _file("readPreview", "A WebP of at most 1600 pixels a side; a drawing is drawn so large"),
            "head": _file("headPreview", "The headers of a preview"),
        },
        "/shared/{token}": {
            "parameters": [in_path("token", sharing.TOKEN)],
            "get": _shared("readShared", "The bytes of a picture that its owner opened to everybody"),
            "head": _shared("headShared", "Their headers"),
        },
        USAGE: {"get": spending.usage()},
        "/api/health": {"get": _health("health"), "head": _health("healthHead")},
    }


def schema_name(task: Task, model_id: str) -> str:
    """The component that holds a model's request."""
    return f"{task}.{model_id}"


def _run(task: Task, summary: str) -> dict[str, Any]:
    failed: list[StudioError] = [*failures.access(), *failures.foreign(), *failures.refusals()]
    failed += [*(failures.wrong_picture() if task == "edit" else []), *failures.endings(), *failures.ours()]
    return {
        "operationId": task,
        "summary": summary,
        "description": "Answers when the job ends (200), or as it stands (202) once the time for "
        "waiting is over, or at once where Prefer says so. Hanging up never cancels a job. What a model does "
        "not take is refused by name; null counts as left out.",
        "parameters": [prefer(), idempotency_key()],
        "requestBody": {
            "required": True,
            "description": f"Up to {MAX_BODY:,} bytes.",
            "content": {"application/json": _json_body(task), **(_form_body() if task == "edit" else {})},
        },
        "responses": {
            "200": answer(
                "The job has ended: with pictures, or canceled. Or what a dry run would do.",
                succeeded({"oneOf": [ref("Job"), ref("DryRun")]}),
            ),
            "202": goes_on(),
            **responses(failed),
        },
    }


def _json_body(task: Task) -> dict[str, Any]:
    names = {spec.id: schema_name(task, spec.id) for spec in models_for(task)}
    source = {"image_url": "https://example.com/photo.jpg"} if task == "edit" else {}
    example = {"prompt": "a lighthouse at dusk", "model": default_model(task).id, **source}
    return {"schema": {"oneOf": [ref(name) for name in names.values()]}, "example": example}


def _form_body() -> dict[str, Any]:
    names = [spec.id for spec in models_for("edit")]
    properties: dict[str, Any] = {
        "image": {"type": "string", "format": "binary", "description": "The picture; or give image_url."},
        "image_url": {"type": "string"},
        "prompt": {"type": "string"},
        "model": {"type": "string", "enum": names, "default": default_model("edit").id},
        "seed": {"type": "integer", "description": "Where the model takes one."},
        "response_format": {"type": "string", "enum": ["auto", "url", "base64"]},
        "dry_run": DRY_RUN,
        "webhook_url": WEBHOOK_URL,
        "replaces": REPLACES,
    }
    one_picture = {"oneOf": [{"required": ["image"]}, {"required": ["image_url"]}]}
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["prompt"],
        "additionalProperties": False,
    }
    return {"multipart/form-data": {"schema": schema | one_picture}}


def _models() -> dict[str, Any]:
    failed = [*failures.access(), *failures.wrong_query(), *failures.ours()]
    found = succeeded({"type": "array", "items": ref("Model")})
    return {
        "operationId": "listModels",
        "summary": "The models: controls, price, where they stand, whether they can run now",
        "parameters": [optional("query", "task", {"enum": list(get_args(Task))}, "Only of this task.")],
        "responses": {"200": answer("The catalog.", found), **responses(failed)},
    }


def _jobs() -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    page = {
        "type": "object",
        "properties": {
            "jobs": {"type": "array", "items": ref("Job")},
            "next_before": {"anyOf": [JOB_ID, {"type": "null"}], "description": "For the next page."},
        },
        "required": ["jobs", "next_before"],
        "additionalProperties": False,
    }
    failed = [*failures.access(), *failures.wrong_query(), *failures.ours()]
    return {
        "operationId": "listJobs",
        "summary": "Jobs, newest first; their pictures always as url",
        "parameters": [
            optional("query", "limit", limit, "Jobs on a page."),
            optional("query", "before", JOB_ID, "Only jobs older than this one."),
        ],
        "responses": {"200": answer("A page.", succeeded(page)), **responses(failed)},
    }


def _job(operation: str, summary: str) -> dict[str, Any]:
    failed = [*failures.access(), *failures.missing(), *failures.ours()]
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {
            "200": answer("The job, its error inside.", succeeded(ref("Job"))),
            **responses(failed),
        },
    }


def _cancel() -> dict[str, Any]:
    operation = _job("cancelJob", "Cancel a job; its warnings say what that means for money")
    return operation | {"responses": operation["responses"] | responses(failures.foreign())}


def _file(operation: str, summary: str) -> dict[str, Any]:
    failed = [*failures.access(), *failures.missing(), *failures.ours()]
    text = {"type": "string"}
    whole = {
        "description": "The bytes; of a picture, exactly as the provider sent them.",
        "headers": {name: {"schema": text} for name in ("ETag", "Cache-Control")},
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [
            optional("header", "Range", text, "Bytes, in one range or several."),
            optional("header", "If-Range", text, "The ETag that the range belongs to."),
            optional("header", "If-None-Match", text, "The ETag that is known already."),
        ],
        "responses": {
            "200": whole,
            "206": whole | {"description": "The ranges asked for."},
            "304": {"description": "Unchanged."},
            "416": {"description": "No such range; Content-Range names the size."},
            **responses(failed),
        },
    }


def _shared(operation: str, summary: str) -> dict[str, Any]:
    shown = _file(operation, summary)
    kept = {status: answer for status, answer in shown["responses"].items() if status != "401"}
    return shown | {"security": [], "responses": kept}


def _health(operation: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": "Whether the studio is up; needs no key",
        "security": [],
        "responses": {"200": answer("It is up.", ref("Health"))},
    }
