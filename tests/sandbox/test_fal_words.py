"""The words, as fal answers them."""

import json

from tests.tables import rows

RECRAFT = "fal-ai/recraft/v4/text-to-image"
SD = "fal-ai/stable-diffusion-v35-large"
SMALL = {"image_size": {"width": 256, "height": 192}}


@rows(
    ("word", "code", "type"),
    [
        ("rate-limit", 429, "concurrent_requests_limit"),
        ("unavailable", 503, "runner_scheduling_failure"),
        ("out-of-credits", 403, None),
    ],
)
async def test_words_that_refuse_a_request(sandbox, word, code, type):
    answer = await sandbox.fal(RECRAFT, {"prompt": f"a demo:{word}"})
    assert answer.status_code == code
    assert isinstance(answer.json()["detail"], str)
    assert answer.json().get("error_type") == type
    assert len(sandbox.app.state.bill) == 0


async def test_a_crash_is_a_page(sandbox):
    answer = await sandbox.fal(RECRAFT, {"prompt": "demo:crash"})
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_a_failed_run_is_completed_with_an_error(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "demo:fail"})).json()
    text = "The runner failed while processing the request."
    status = (await sandbox.fal_get(ticket["status_url"])).json()
    assert (status["status"], status["error"]) == ("COMPLETED", text)
    assert status["error_type"] == "runner_server_error"
    answer = await sandbox.fal_get(ticket["response_url"])
    assert answer.status_code == 500
    assert answer.json() == {"detail": text, "error_type": "runner_server_error"}
    assert answer.headers["x-fal-retryable"] == "false"


@rows(("word", "place"), [("refuse", ["body", "prompt"]), ("refuse-image", ["body"])])
async def test_refusals_come_with_the_result(sandbox, word, place):
    answer = await sandbox.fal_result(RECRAFT, {"prompt": f"demo:{word}"})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [
            {
                "loc": place,
                "msg": "The content could not be processed because it was flagged by a content checker.",
                "type": "content_policy_violation",
                "url": "https://docs.fal.ai/errors/#content_policy_violation",
            }
        ]
    }


async def test_an_odd_status_comes_first_and_passes(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "demo:odd-status", **SMALL})).json()
    statuses = [(await sandbox.fal_get(ticket["status_url"])).json()["status"] for _ in range(2)]
    assert statuses == ["SANDBOX_ODD_STATUS", "COMPLETED"]


async def test_an_expired_file_is_healed_by_asking_for_the_result_again(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "demo:expire", **SMALL})).json()
    codes = []
    for _ in range(2):
        result = (await sandbox.fal_get(ticket["response_url"])).json()
        codes.append((await sandbox.http.get(result["images"][0]["url"])).status_code)
    assert codes == [404, 200]


async def test_lies_about_type_and_size(sandbox, read_image):
    image = (await sandbox.fal_result(SD, {"prompt": "demo:lie", **SMALL})).json()["images"][0]
    assert (image["content_type"], image["width"], image["height"]) == ("image/gif", 512, 384)
    file = await sandbox.http.get(image["url"])
    assert read_image(file.content) == ("JPEG", (256, 192))
    recraft = (await sandbox.fal_result(RECRAFT, {"prompt": "demo:lie", **SMALL})).json()["images"][0]
    assert recraft["file_size"] == 2 * len((await sandbox.http.get(recraft["url"])).content)


async def test_the_stream_tells_each_change_as_it_happens(open_sandbox, clock):
    """The clock moves only after an event was read: a transport that buffers would wait for ever."""
    sandbox = await open_sandbox(speed=1.0)
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    url, seen = ticket["status_url"] + "/stream?logs=1", []
    async with sandbox.http.stream("GET", url, headers={"Authorization": "Key id:secret"}) as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        async for line in stream.aiter_lines():
            if line:
                event = json.loads(line.removeprefix("data: "))
                seen.append((event["status"], len(event["logs"] or [])))
                clock.now += 0.2
    assert (seen[0], seen[-1]) == (("IN_QUEUE", 0), ("COMPLETED", 4))
    assert ("IN_PROGRESS", 2) in seen
    assert len(seen) == len(set(seen))
