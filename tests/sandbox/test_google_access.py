"""Google's keys, models and the words that make it refuse."""

from tests.tables import rows

CALL = "gemini-nano-banana-2.1:generateContent"
INFO = "type.googleapis.com/google.rpc."


def ask(prompt: str = "a fox") -> dict:
    return {"contents": [{"parts": [{"text": prompt}]}]}


def error(code: int, status: str, message: str, *details: dict) -> dict:
    inner = {"code": code, "message": message, "status": status}
    return {"error": {**inner, "details": list(details)} if details else inner}


async def test_without_a_key_permission_is_denied(sandbox):
    answer = await sandbox.http.post(f"/google/v1beta/models/{CALL}", json=ask())
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


async def test_a_wrong_key_is_said_to_be_wrong(sandbox):
    answer = await sandbox.google(CALL, ask(), key="invalid")
    reason = {
        "@type": INFO + "ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }
    text = "API key not valid. Please pass a valid API key."
    assert answer.status_code == 400
    assert answer.json() == error(400, "INVALID_ARGUMENT", text, reason)


async def test_a_bearer_token_is_no_key(sandbox):
    headers = {"Authorization": "Bearer token"}
    answer = await sandbox.http.post(f"/google/v1beta/models/{CALL}", json=ask(), headers=headers)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


async def test_key_errors_come_before_model_errors(sandbox):
    answer = await sandbox.google("imagen-4.0-generate-001:predict", {}, key="invalid")
    assert answer.status_code == 400


@rows(
    ("model", "successor"),
    [
        ("imagen-4.0-generate-001", "gemini-nano-banana-2.1"),
        ("imagen-4.0-fast-generate-001", "gemini-nano-banana-2.1"),
        ("imagen-4.0-ultra-generate-001", "gemini-3-pro-image"),
    ],
)
async def test_imagen_is_shut_down_and_names_its_successor(sandbox, model, successor):
    answer = await sandbox.google(f"{model}:predict", {"instances": [{"prompt": "a fox"}]})
    text = (
        f"This model models/{model} is no longer available. "
        f"Please update your code to use models/{successor}."
    )
    assert answer.status_code == 404
    assert answer.json() == error(404, "NOT_FOUND", text)


@rows("call", ["nonsense:predict", "gemini-3-pro-image:predict", "nonsense"])
async def test_another_404_fits_a_typing_error(sandbox, call):
    answer = await sandbox.google(call, ask())
    assert answer.status_code == 404
    assert "is not found for API version v1beta, or is not supported for" in answer.json()["error"]["message"]


async def test_the_list_of_models_has_only_living_ones(sandbox, open_sandbox):
    async def listed(box):
        answer = await box.http.get("/google/v1beta/models", headers={"x-goog-api-key": "good"})
        return {model["name"] for model in answer.json()["models"]}

    assert "models/imagen-4.0-generate-001" not in await listed(sandbox)
    assert "models/gemini-3-pro-image" in await listed(sandbox)
    assert "models/imagen-4.0-generate-001" in await listed(await open_sandbox(imagen=True))


async def test_one_stopped_model_still_seems_to_exist(sandbox):
    url = "/google/v1beta/models/imagen-4.0-generate-001"
    assert (await sandbox.http.get(url, headers={"x-goog-api-key": "good"})).status_code == 200


RETRY = {"@type": INFO + "RetryInfo", "retryDelay": "2s"}


@rows(
    ("word", "expected"),
    [
        ("rate-limit", error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", RETRY)),
        ("out-of-credits", error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.")),
        ("unavailable", error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")),
        ("fail", error(500, "INTERNAL", "An internal error has occurred. Please retry.")),
    ],
)
async def test_words_that_end_in_an_error(sandbox, word, expected):
    answer = await sandbox.google(CALL, ask(f"a fox demo:{word}"))
    assert answer.status_code == expected["error"]["code"]
    assert answer.json() == expected
    assert len(sandbox.app.state.bill) == 0


async def test_a_key_without_money(sandbox):
    answer = await sandbox.google(CALL, ask(), key="broke")
    assert answer.json() == error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.")


async def test_a_crash_is_a_page(sandbox):
    answer = await sandbox.google(CALL, ask("demo:crash"))
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_a_refused_prompt_has_no_candidates(sandbox):
    body = (await sandbox.google(CALL, ask("demo:refuse"))).json()
    assert body["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}
    assert "candidates" not in body
    assert len(sandbox.app.state.bill) == 0


@rows(("word", "reason"), [("refuse-image", "IMAGE_SAFETY"), ("odd-status", "SANDBOX_ODD_STATUS")])
async def test_a_withheld_picture_leaves_a_candidate_without_content(sandbox, word, reason):
    body = (await sandbox.google(CALL, ask(f"demo:{word}"))).json()
    assert [(c["finishReason"], "content" in c) for c in body["candidates"]] == [(reason, False)]


async def test_every_fourth_of_the_same_prompt_is_withheld(open_sandbox):
    sandbox = await open_sandbox(paint=lambda wish: b"")
    reasons = []
    for _ in range(8):
        answer = await sandbox.google(CALL, ask("demo:one-refused"))
        reasons.append(answer.json()["candidates"][0]["finishReason"])
    assert reasons == ["STOP", "STOP", "STOP", "IMAGE_SAFETY"] * 2


async def test_a_lie_about_the_type(sandbox):
    body = (await sandbox.google(CALL, ask("demo:lie"))).json()
    inline = body["candidates"][0]["content"]["parts"][1]["inlineData"]
    assert inline["mimeType"] == "image/jpeg"
    assert inline["data"].startswith("iVBORw0KGgo")
