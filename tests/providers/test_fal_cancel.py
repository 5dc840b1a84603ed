"""Asking fal to stop a task: an answer for people, never an exception."""

from typing import Any

import httpx

from imagestudio.providers.fal import Fal
from tests.tables import rows

CANCEL = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b/cancel"
TICKET = {"id": "7", "cancel_url": CANCEL}
ASKED = ("unknown", "fal.ai was asked to stop the task. It may still finish and be charged.")
NOT_ASKED = ("unknown", "fal.ai could not be asked to stop the task. It may still finish and be charged.")


@rows(
    ("status", "body", "outcome"),
    [
        (202, {"status": "CANCELLATION_REQUESTED"}, ASKED),
        (202, None, ASKED),
        (200, {"status": "CANCELLATION_REQUESTED"}, ASKED),
        (
            400,
            {"status": "ALREADY_COMPLETED"},
            ("yes", "fal.ai had finished the task already, and charges for it."),
        ),
        (
            404,
            {"status": "NOT_FOUND"},
            ("unknown", "fal.ai does not know this task, or no longer."),
        ),
        *(
            (
                status,
                body,
                (
                    "unknown",
                    f"fal.ai did not stop the task (HTTP {status}). It may still finish and be charged.",
                ),
            )
            for status, body in ((400, None), (401, {}), (405, b"<html>"), (500, []), (200, {"status": 7}))
        ),
        (0, httpx.ReadError("reset"), NOT_ASKED),
        (0, httpx.ConnectTimeout("late"), NOT_ASKED),
    ],
)
async def test_every_answer_has_a_meaning(
    wire_for: Any, status: int, body: Any, outcome: tuple[str, str]
) -> None:
    fal, server = wire_for(Fal)
    server.answer("PUT", CANCEL, status, body)
    ending = await fal.cancel(TICKET)
    assert (ending.charged, str(ending.text)) == outcome
    (sent,) = server.sent
    assert (sent.method, sent.url, sent.json) == ("PUT", CANCEL, None)
    assert sent.headers["authorization"] == f"Key {server.key}"


@rows("ticket", [{"id": "7"}, {"id": "7", "cancel_url": "https://evil.example/cancel"}])
async def test_without_an_address_of_fals_nothing_is_sent(wire_for: Any, ticket: dict[str, str]) -> None:
    fal, server = wire_for(Fal)
    ending = await fal.cancel(ticket)
    assert (ending.charged, str(ending.text)) == NOT_ASKED
    assert server.sent == []
