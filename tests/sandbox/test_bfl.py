"""Black Forest Labs: a task, its own URL, a signed file."""

import pytest

from tests.tables import rows

SMALL = {"width": 256, "height": 256}


def polled(id: str, status: str, **more: object) -> dict:
    empty = {"result": None, "progress": None, "details": None, "preview": None}
    return {"id": id, "status": status, **empty, **more}


async def test_a_task_from_submit_to_file(sandbox, clock, read_image):
    asked = {"prompt": "a fox", "width": 256, "height": 512, "seed": 7, "output_format": "png"}
    submitted = await sandbox.bfl("flux-2-pro", asked)

    ticket = submitted.json()
    assert submitted.status_code == 200
    assert ticket == {
        "id": ticket["id"],
        "polling_url": f"http://sandbox/bfl/us1/v1/get_result?id={ticket['id']}",
        "cost": 3.0,
        "input_mp": 0.0,
        "output_mp": 0.12,
    }
    ready = await sandbox.bfl_poll(submitted)
    sample = ready["result"].pop("sample")
    end = {"prompt": "a fox", "seed": 7, "start_time": clock(), "end_time": clock(), "duration": 0.0}
    assert ready == polled(ticket["id"], "Ready", result=end)
    assert sample.startswith("http://sandbox/bfl/delivery/results/")

    file = await sandbox.http.get(sample)
    assert (file.status_code, file.headers["content-type"]) == (200, "image/png")
    assert read_image(file.content) == ("PNG", (256, 512))


async def test_the_statuses_in_their_order(open_sandbox, clock):
    sandbox = await open_sandbox(speed=1.0)
    submitted = await sandbox.bfl("flux-2-klein-4b", {"prompt": "a fox", **SMALL})
    seen = []
    for step in (0.0, 0.2, 0.3):
        clock.now += step
        status = await sandbox.bfl_poll(submitted)
        seen.append((status["status"], status["progress"]))
    assert seen == [("Pending", None), ("Reasoning", None), ("Generating", 0.7)]
    clock.now += 1
    assert (await sandbox.bfl_end(submitted))["status"] == "Ready"


async def test_the_seed_is_reported_when_none_was_asked(sandbox):
    first = await sandbox.bfl_poll(await sandbox.bfl("flux-2-pro", {"prompt": "a fox", **SMALL}))
    second = await sandbox.bfl_poll(await sandbox.bfl("flux-2-pro", {"prompt": "a fox", **SMALL}))
    assert first["result"]["seed"] != second["result"]["seed"]


@rows("where", ["bfl/v1", "bfl/us1/v1"])
async def test_a_task_is_only_found_at_its_own_url(sandbox, where):
    id = (await sandbox.bfl("flux-2-pro", {"prompt": "a", **SMALL})).json()["id"]
    wanted = id if where == "bfl/v1" else "unknown"
    answer = await sandbox.http.get(f"/{where}/get_result", params={"id": wanted}, headers={"x-key": "good"})
    assert (answer.status_code, answer.json()) == (200, polled(wanted, "Task not found"))


async def test_a_file_lives_ten_minutes_and_a_new_poll_gives_a_new_one(sandbox, clock):
    submitted = await sandbox.bfl("flux-2-pro", {"prompt": "a", **SMALL})
    sample = (await sandbox.bfl_poll(submitted))["result"]["sample"]
    clock.now += 599
    assert (await sandbox.bfl_poll(submitted))["result"]["sample"] == sample
    assert (await sandbox.http.get(sample)).status_code == 200
    clock.now += 1
    assert (await sandbox.http.get(sample)).status_code == 403
    again = (await sandbox.bfl_poll(submitted))["result"]["sample"]
    assert (await sandbox.http.get(again)).status_code == 200


@pytest.mark.parametrize(
    ("endpoint", "body", "cost"),
    [
        ("flux-2-pro", {"width": 1024, "height": 1024}, 3.0),
        ("flux-2-pro", {"width": 1040, "height": 1024}, 4.5),
        ("flux-2-pro", {"width": 2048, "height": 2048}, 7.5),
        ("flux-2-klein-4b", {"width": 2048, "height": 1024}, 1.5),
        ("flux-2-klein-9b", {"width": 2048, "height": 1024}, 1.7),
        ("flux-pro-1.1", {}, 4.0),
        ("flux-kontext-pro", {}, 4.0),
        ("flux-kontext-max", {}, 8.0),
    ],
)
async def test_costs_in_credits(open_sandbox, endpoint, body, cost):
    sandbox = await open_sandbox(paint=lambda wish: b"")
    assert (await sandbox.bfl(endpoint, {"prompt": "a", **body})).json()["cost"] == cost
    assert [charge.usd for charge in sandbox.app.state.bill] == [cost / 100]
    credits = await sandbox.http.get("/bfl/v1/credits", headers={"x-key": "good"})
    assert credits.json() == {"credits": 100_000.0 - cost}


async def test_an_edit_follows_its_picture(sandbox, png_base64, read_image):
    submitted = await sandbox.bfl("flux-kontext-pro", {"prompt": "make it blue", "input_image": png_base64})
    assert submitted.json()["input_mp"] == 0.01
    ready = await sandbox.bfl_poll(submitted)
    file = await sandbox.http.get(ready["result"]["sample"])
    assert read_image(file.content) == ("PNG", (1248, 832))


async def test_editing_with_flux_2_costs_the_input_too(sandbox, png_base64):
    body = {"prompt": "make it blue", "input_image": png_base64, **SMALL}
    assert (await sandbox.bfl("flux-2-pro", body)).json()["cost"] == 4.5


async def test_a_public_url_is_taken_and_no_request_leaves(sandbox):
    body = {"prompt": "make it blue", "input_image": "https://example.com/a.png", **SMALL}
    submitted = await sandbox.bfl("flux-2-pro", body)
    assert (await sandbox.bfl_poll(submitted))["status"] == "Ready"


async def test_with_a_webhook_there_is_no_polling_url(sandbox):
    body = {"prompt": "a", "webhook_url": "https://example.com/hook", **SMALL}
    answer = (await sandbox.bfl("flux-2-pro", body)).json()
    assert answer == {"id": answer["id"], "status": "Pending", "webhook_url": "https://example.com/hook"}
