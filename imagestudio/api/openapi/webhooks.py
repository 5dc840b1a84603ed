"""What the studio sends to a request's `webhook_url`. Nothing here is served: FastAPI describes it."""

from typing import Annotated, Any

from fastapi import APIRouter, Header

from imagestudio.api.openapi.parts import OPEN
from imagestudio.api.schemas import JobEnded, WebhookId
from imagestudio.jobs.webhooks.delivery import ANSWER_S, GONE, PAUSES_S

webhooks = APIRouter()
ANSWERS: dict[int | str, dict[str, Any]] = {
    "2XX": {"description": f"Taken, if it comes within {ANSWER_S:g} s. The body is not looked at."},
    GONE: {"description": "Not wanted: this message is given up."},
    "default": {"description": "Tried again. Redirects are not followed."},
}


@webhooks.post(
    "jobEnded",
    operation_id="jobEnded",
    summary="What the studio sends to a webhook_url when the job ends",
    description="Signed by the Standard Webhooks scheme (www.standardwebhooks.com). Images are given by url. "
    f"A message may come twice, by the same webhook-id. It is sent {len(PAUSES_S) + 1} times at most, over "
    f"{sum(PAUSES_S) / 3600:.0f} hours.",
    responses=ANSWERS,
    openapi_extra=OPEN,
)
async def job_ended(
    body: JobEnded,
    webhook_id: Annotated[WebhookId, Header(description="The same at every attempt.")],
    webhook_timestamp: Annotated[str, Header(description="Seconds since 1970: when it was sent.")],
    webhook_signature: Annotated[str, Header(description="`v1,` and an HMAC-SHA256 in base64.")],
) -> None:
    """The job, as `GET` answers it."""
