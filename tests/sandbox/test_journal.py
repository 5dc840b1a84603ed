"""What the sandbox writes down, and what it takes for a fault."""

from imagestudio.sandbox.journal import Entry, Journal, account_of
from tests.tables import rows

SMALL = {"width": 256, "height": 256}


async def test_a_request_is_written_down_without_its_key(sandbox, clock):
    await sandbox.bfl("flux-2-pro", {"prompt": "a", **SMALL}, key="very-secret")
    [entry] = sandbox.app.state.journal
    assert entry == Entry(
        time=clock(),
        method="POST",
        path="/bfl/v1/flux-2-pro",
        query=(),
        provider="bfl",
        headers=entry.headers,
        has_key=True,
        body={"prompt": "a", **SMALL},
        fault=None,
        account=account_of("very-secret"),
    )
    assert "x-key" in entry.headers
    assert "very-secret" not in repr(entry)


@rows(
    ("path", "headers"),
    [
        ("/bfl/v1/credits", {"x-goog-api-key": "k"}),
        ("/bfl/v1/credits", {"x-key": "k", "Authorization": "Key k"}),
        ("/fal/fal-ai/recraft/requests/x", {"x-key": "k"}),
        ("/google/v1beta/models", {"Authorization": "Key k"}),
        ("/google/v1beta/models?key=k", {}),
        ("/bfl/v1/credits?api_key=k", {"x-key": "k"}),
        ("/elsewhere", {"x-key": "k"}),
    ],
)
async def test_a_key_in_the_wrong_place_is_a_fault(sandbox, path, headers):
    sandbox.app.state.journal.clear()
    answer = await sandbox.http.get(path, headers=headers)
    assert answer.status_code == 400
    assert [entry.fault for entry in sandbox.app.state.journal.faults()] == [answer.json()["error"]]


async def test_a_key_at_a_file_is_a_fault(sandbox):
    ready = await sandbox.bfl_poll(await sandbox.bfl("flux-2-pro", {"prompt": "a", **SMALL}))
    sample = ready["result"]["sample"]
    assert (await sandbox.http.get(sample, headers={"x-key": "good"})).status_code == 400
    size = {"image_size": {"width": 256, "height": 256}}
    result = (await sandbox.fal_result("fal-ai/recraft-v3", {"prompt": "a", **size})).json()
    assert (await sandbox.fal_get(result["images"][0]["url"])).status_code == 400
    assert len(sandbox.app.state.journal.faults()) == 2


async def test_over_http_only_where_it_was_asked_for(sandbox, open_sandbox):
    assert (await sandbox.http.get("/_sandbox/journal")).status_code == 404
    told = await open_sandbox(journal=True)
    await told.bfl("flux-2-pro", {"prompt": "a", **SMALL})
    [entry] = (await told.http.get("/_sandbox/journal")).json()
    [charge] = (await told.http.get("/_sandbox/bill")).json()
    assert (entry["path"], entry["body"]["prompt"]) == ("/bfl/v1/flux-2-pro", "a")
    assert (charge["model"], charge["usd"]) == ("flux-2-pro", 0.03)


def test_the_oldest_entries_make_room():
    journal = Journal(budget=5000)
    for number in range(10):
        journal.add(Entry(number, "GET", "/", (), None, (), False, None, None), size=1000)
    assert [entry.time for entry in journal] == [8, 9]
    journal.clear()
    assert len(journal) == 0
