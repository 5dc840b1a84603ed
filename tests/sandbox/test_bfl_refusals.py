"""What Black Forest Labs refuses, and how."""

import pytest

from tests.tables import rows

SMALL = {"width": 256, "height": 256}


async def test_each_violation_is_a_detail(sandbox):
    answer = await sandbox.bfl("flux-pro-1.1", {"prompt": 1, "width": 128, "aspect_ratio": "1:1"})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [
            {"loc": ["body", "prompt"], "msg": "Input should be a valid string", "type": "string_type"},
            {
                "loc": ["body", "width"],
                "msg": "Input should be greater than or equal to 256",
                "type": "greater_than_equal",
            },
            {
                "loc": ["body", "aspect_ratio"],
                "msg": "Extra inputs are not permitted",
                "type": "extra_forbidden",
            },
        ]
    }


@rows(
    ("endpoint", "body", "place", "type"),
    [
        ("flux-2-pro", {}, ["prompt"], "missing"),
        ("flux-2-pro", {"prompt": "a", "width": 0}, ["width"], "greater_than_equal"),
        ("flux-2-pro", {"prompt": "a", "width": 1000}, ["width"], "multiple_of"),
        ("flux-2-pro", {"prompt": "a", "width": 2064, "height": 2048}, [], "value_error"),
        ("flux-2-pro", {"prompt": "a", "steps": 4}, ["steps"], "extra_forbidden"),
        ("flux-2-pro", {"prompt": "a", "safety_tolerance": 6}, ["safety_tolerance"], "less_than_equal"),
        ("flux-2-klein-9b", {"prompt": "a", "input_image_5": "x"}, ["input_image_5"], "extra_forbidden"),
        ("flux-2-klein-4b", {"prompt": "a", "disable_pup": True}, ["disable_pup"], "extra_forbidden"),
        ("flux-pro-1.1", {"prompt": "a", "width": 1472}, ["width"], "less_than_equal"),
        ("flux-pro-1.1", {"prompt": "a", "output_format": "gif"}, ["output_format"], "literal_error"),
        ("flux-kontext-pro", {"prompt": "a", "width": 512}, ["width"], "extra_forbidden"),
        ("flux-kontext-pro", {"prompt": "a", "aspect_ratio": "3:1"}, ["aspect_ratio"], "value_error"),
        (
            "flux-kontext-max",
            {"prompt": "a", "aspect_ratio": "wide"},
            ["aspect_ratio"],
            "string_pattern_mismatch",
        ),
    ],
)
async def test_fields_that_do_not_pass(sandbox, endpoint, body, place, type):
    answer = await sandbox.bfl(endpoint, body)
    assert answer.status_code == 422
    assert [(d["loc"], d["type"]) for d in answer.json()["detail"]] == [(["body", *place], type)]
    assert len(sandbox.app.state.bill) == 0


@rows(
    "image", ["data:image/png;base64,iVBORw0KGgo=", "%%%", "bm8gcGljdHVyZQ==", "http://127.0.0.1:7860/a.png"]
)
async def test_pictures_that_do_not_pass(sandbox, image):
    answer = await sandbox.bfl("flux-kontext-pro", {"prompt": "a", "input_image": image})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "input_image"]


async def test_a_data_uri_is_refused_even_with_a_good_picture(sandbox, png_base64):
    image = f"data:image/png;base64,{png_base64}"
    answer = await sandbox.bfl("flux-2-pro", {"prompt": "a", "input_image": image})
    assert answer.status_code == 422


@rows("headers", [{}, {"x-key": "invalid"}])
async def test_no_key_or_a_wrong_one(sandbox, headers):
    answer = await sandbox.http.post("/bfl/v1/flux-2-pro", json={"prompt": "a"}, headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"detail": "Not authenticated"})


async def test_a_revoked_key_is_refused_while_polling(sandbox):
    ticket = (await sandbox.bfl("flux-2-pro", {"prompt": "a", **SMALL})).json()
    answer = await sandbox.http.get(ticket["polling_url"], headers={"x-key": "now-invalid"})
    assert answer.status_code == 403


async def test_a_key_without_credits(sandbox):
    assert (await sandbox.bfl("flux-2-pro", {"prompt": "a"}, key="broke")).status_code == 402
    credits = await sandbox.http.get("/bfl/v1/credits", headers={"x-key": "broke"})
    assert credits.json() == {"credits": 0.0}


async def test_unknown_endpoints_and_methods(sandbox):
    assert (await sandbox.bfl("flux-9", {"prompt": "a"})).json() == {"detail": "Not Found"}
    answer = await sandbox.http.get("/bfl/v1/flux-2-pro", headers={"x-key": "good"})
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})


@pytest.mark.parametrize(("endpoint", "limit"), [("flux-2-pro", 24), ("flux-kontext-max", 6)])
async def test_the_limit_of_active_tasks(open_sandbox, clock, endpoint, limit):
    sandbox = await open_sandbox(speed=1.0, paint=lambda wish: b"")
    codes = [(await sandbox.bfl(endpoint, {"prompt": "a"})).status_code for _ in range(limit + 1)]
    assert codes == [200] * limit + [429]
    clock.now += 60
    while (again := await sandbox.bfl(endpoint, {"prompt": "a"})).status_code == 429:
        pass
    assert again.status_code == 200


@rows(("word", "code"), [("rate-limit", 429), ("out-of-credits", 402), ("unavailable", 503)])
async def test_words_that_refuse_a_task(sandbox, word, code):
    answer = await sandbox.bfl("flux-2-pro", {"prompt": f"a demo:{word}"})
    assert answer.status_code == code
    assert list(answer.json()) == ["detail"]
    assert len(sandbox.app.state.bill) == 0


async def test_a_crash_is_a_page(sandbox):
    answer = await sandbox.bfl("flux-2-pro", {"prompt": "demo:crash"})
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


MODERATION = {"Moderation Reasons": ["Safety Filter"]}


@rows(
    ("word", "status", "details"),
    [
        ("refuse", "Request Moderated", MODERATION),
        ("refuse-image", "Content Moderated", MODERATION),
        ("fail", "Error", {"error": "The task failed while generating."}),
    ],
)
async def test_words_that_end_a_task_without_a_picture(sandbox, word, status, details):
    polled = await sandbox.bfl_poll(await sandbox.bfl("flux-2-pro", {"prompt": f"demo:{word}"}))
    assert (polled["status"], polled["details"], polled["result"]) == (status, details, None)


async def test_an_odd_status_comes_first_and_passes(sandbox):
    submitted = await sandbox.bfl("flux-2-pro", {"prompt": "demo:odd-status", **SMALL})
    assert [(await sandbox.bfl_poll(submitted))["status"] for _ in range(2)] == [
        "Sandbox Odd Status",
        "Ready",
    ]


async def test_an_expired_file_is_healed_by_another_poll(sandbox):
    submitted = await sandbox.bfl("flux-2-pro", {"prompt": "demo:expire", **SMALL})
    first = (await sandbox.bfl_poll(submitted))["result"]["sample"]
    assert (await sandbox.http.get(first)).status_code == 403
    second = (await sandbox.bfl_poll(submitted))["result"]["sample"]
    assert (await sandbox.http.get(second)).status_code == 200


async def test_a_lie_about_the_type(sandbox, read_image):
    submitted = await sandbox.bfl("flux-2-pro", {"prompt": "demo:lie", **SMALL})
    file = await sandbox.http.get((await sandbox.bfl_poll(submitted))["result"]["sample"])
    assert file.headers["content-type"] == "image/gif"
    assert read_image(file.content) == ("JPEG", (256, 256))
