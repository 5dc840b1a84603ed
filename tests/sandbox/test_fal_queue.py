"""fal's queue: the ticket, the status, the result, cancelling."""

from tests.tables import rows

RECRAFT = "fal-ai/recraft/v4/text-to-image"
SMALL = {"image_size": {"width": 256, "height": 192}}


def urls(app: str, id: str) -> dict:
    url = f"http://sandbox/fal/{app}/requests/{id}"
    ends = {"response_url": url, "status_url": f"{url}/status", "cancel_url": f"{url}/cancel"}
    return {"request_id": id, **ends}


async def test_a_request_from_submit_to_file(sandbox, read_image):
    submitted = await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})
    ticket = submitted.json()
    id = ticket["request_id"]
    assert submitted.status_code == 200
    assert submitted.headers["x-fal-request-id"] == id
    assert ticket == {"status": "IN_QUEUE", **urls("fal-ai/recraft", id), "queue_position": 1}

    status = (await sandbox.fal_get(ticket["status_url"])).json()
    assert status == {
        "status": "COMPLETED",
        **urls("fal-ai/recraft", id),
        "logs": None,
        "metrics": {"inference_time": 0.0},
    }
    result = (await sandbox.fal_get(ticket["response_url"])).json()
    file = await sandbox.http.get(result["images"][0]["url"])
    assert result == {
        "images": [
            {
                "url": str(file.url),
                "content_type": "image/webp",
                "file_name": file.url.path.rpartition("/")[2],
                "file_size": len(file.content),
            }
        ]
    }
    assert file.headers["content-type"] == "image/webp"
    assert read_image(file.content) == ("WEBP", (256, 192))
    assert [(c.provider, c.model, c.usd) for c in sandbox.app.state.bill] == [("fal", RECRAFT, 0.04)]


async def test_the_statuses_in_their_order(open_sandbox, clock):
    sandbox = await open_sandbox(speed=1.0)
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    seen = []
    for step in (0.0, 0.1, 0.3):
        clock.now += step
        status = (await sandbox.fal_get(ticket["status_url"] + "?logs=1")).json()
        logs = [line["message"] for line in status["logs"] or []]
        seen.append((status["status"], status.get("queue_position"), logs))
    assert seen == [("IN_QUEUE", 1, []), ("IN_QUEUE", 0, []), ("IN_PROGRESS", None, ["25%", "50%"])]


async def test_the_result_is_not_there_before_its_time(open_sandbox):
    sandbox = await open_sandbox(speed=1.0)
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    answer = await sandbox.fal_get(ticket["response_url"])
    assert (answer.status_code, answer.json()) == (400, {"detail": "Request is still in progress"})


async def test_with_the_sub_path_kept_the_method_is_wrong(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    for end in ("", "/status"):
        answer = await sandbox.fal_get(f"/fal/{RECRAFT}/requests/{ticket['request_id']}{end}")
        assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})


async def test_another_app_does_not_know_the_request(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    answer = await sandbox.fal_get(f"/fal/fal-ai/qwen-image/requests/{ticket['request_id']}/status")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Request not found"})


@rows(
    ("endpoint", "app"),
    [
        ("bytedance/seedream/v5/lite/edit", "bytedance/seedream"),
        ("fal-ai/bytedance/seedream/v5/lite/edit", "fal-ai/bytedance"),
        ("fal-ai/qwen-image", "fal-ai/qwen-image"),
    ],
)
async def test_urls_keep_two_segments(sandbox, endpoint, app):
    ticket = (await sandbox.fal(endpoint, {})).json()
    assert ticket["response_url"] == f"http://sandbox/fal/{app}/requests/{ticket['request_id']}"


async def put(sandbox, url: str):
    return await sandbox.http.put(url, headers={"Authorization": "Key id:secret"})


async def test_cancelling_in_the_queue_ends_the_request_and_is_free(open_sandbox):
    sandbox = await open_sandbox(speed=1.0)
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    answer = await put(sandbox, ticket["cancel_url"])
    assert (answer.status_code, answer.json()) == (202, {"status": "CANCELLATION_REQUESTED"})

    status = (await sandbox.fal_get(ticket["status_url"])).json()
    text, kind = "The request was cancelled.", "client_cancelled"
    assert (status["status"], status["error"], status["error_type"]) == ("COMPLETED", text, kind)
    result = await sandbox.fal_get(ticket["response_url"])
    assert (result.status_code, result.json()) == (499, {"detail": text, "error_type": kind})
    assert len(sandbox.app.state.bill) == 0


async def test_a_running_request_may_finish_all_the_same(open_sandbox, clock):
    sandbox = await open_sandbox(speed=1.0)
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    clock.now += 0.5
    assert (await put(sandbox, ticket["cancel_url"])).status_code == 202
    clock.now += 1
    while (await sandbox.fal_get(ticket["status_url"])).json()["status"] != "COMPLETED":
        pass
    assert (await sandbox.fal_get(ticket["response_url"])).status_code == 200
    assert len(sandbox.app.state.bill) == 1


async def test_cancelling_what_is_over_or_unknown(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a fox", **SMALL})).json()
    over = await put(sandbox, ticket["cancel_url"])
    assert (over.status_code, over.json()) == (400, {"status": "ALREADY_COMPLETED"})
    unknown = await put(sandbox, "/fal/fal-ai/recraft/requests/none/cancel")
    assert (unknown.status_code, unknown.json()) == (404, {"status": "NOT_FOUND"})


@rows("key", ["Bearer id:secret", "Key ", "Key invalid", "id:secret"])
async def test_keys_that_are_none(sandbox, key):
    answer = await sandbox.fal(RECRAFT, {"prompt": "a"}, key=key)
    assert (answer.status_code, type(answer.json()["detail"])) == (401, str)


async def test_every_url_of_a_request_wants_the_key(sandbox):
    ticket = (await sandbox.fal(RECRAFT, {"prompt": "a", **SMALL})).json()
    for url in (ticket["status_url"], ticket["status_url"] + "/stream", ticket["response_url"]):
        assert (await sandbox.http.get(url)).status_code == 401


async def test_an_account_without_balance(sandbox):
    answer = await sandbox.fal(RECRAFT, {"prompt": "a"}, key="Key broke:secret")
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("User is locked. Reason: Exhausted balance")


async def test_unknown_endpoints_and_bodies_that_are_no_json(sandbox):
    assert (await sandbox.fal("fal-ai/nothing", {})).status_code == 404
    headers = {"Authorization": "Key id:secret"}
    answer = await sandbox.http.post(f"/fal/{RECRAFT}", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["error_type"]) == (400, "bad_request")
