"""The types of what the API answers, field by field: for the reference, and for the tests that hold answers
to it. Answers are written from plain values (`views.py`): nothing here runs while a request is served."""

from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import Status
from imagestudio.core.errors import Charged, StudioError
from imagestudio.core.job import ENDED, JobStatus, Offer
from imagestudio.core.request import Task
from imagestudio.media.formats import EXTENSIONS
from imagestudio.providers import PROVIDERS
from imagestudio.store.usage import GroupBy

EXAMPLE_ID = "01933c8f5e2ab1c4d07f9a3e5b6c8d90"
ENDINGS = [f"job.{status}" for status in get_args(JobStatus) if status in ENDED]


def _codes(kind: type[StudioError]) -> set[str]:
    return {kind.code}.union(*(_codes(child) for child in kind.__subclasses__()))


def _one_of(values: Any) -> Any:
    return Field(json_schema_extra={"enum": list(values)})


Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
JobId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=[EXAMPLE_ID])]
WebhookId = Annotated[str, Field(pattern="^msg_[0-9a-f]{28}$", examples=[f"msg_{EXAMPLE_ID[:28]}"])]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Uri = Annotated[str, Field(json_schema_extra={"format": "uri"})]
ModelId = Annotated[str, _one_of(MODELS)]
Provider = Annotated[str, _one_of(PROVIDERS)]
Usd = Annotated[float, Field(ge=0)]
MaybeUsd = Annotated[float | None, Field(description="USD; null where it is unknown.")]
Number = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
AnyObject = Annotated[dict[str, Any], Field(json_schema_extra={"additionalProperties": True})]
Asked = Annotated[AnyObject, Field(description="The request's own fields, long strings shortened.")]
Payer = Annotated[
    Literal["host", "visitor", "huggingface", "demo"],
    Field(
        description="Who pays. host: this studio, with its own key. visitor: whoever asked, with a key of "
        "theirs. huggingface: whoever asked, by their Hugging Face account. demo: nobody."
    ),
]
T = TypeVar("T")


class Schema(BaseModel):
    """An object with these fields and no other."""

    model_config = ConfigDict(extra="forbid")


class Answer(Schema, Generic[T]):
    """The envelope of an answer."""

    success: Literal[True]
    data: T


class ErrorObject(Schema):
    """What went wrong: a code for programs, a sentence for people, and what helps them on."""

    code: Annotated[str, _one_of(sorted(_codes(StudioError)))]
    message: str
    details: AnyObject = Field(
        description="field, allowed, job_id, charged, offers, reason, set, stage, retryAfter, budget, "
        "limit_usd, spent_usd, wanted_usd: whichever apply."
    )


class Error(Schema):
    """The answer to a request that was refused or failed."""

    error: ErrorObject


class Sent(Schema):
    """One request to a provider."""

    endpoint: str
    body: AnyObject


Requests = Annotated[
    list[Sent],
    Field(description="What went, or will go, to the provider; long strings shortened, never a key."),
]


class _ImageFacts(Schema):
    id: str
    mimeType: Annotated[str, _one_of(EXTENSIONS)] = Field(  # noqa: N815
        description="Read from the bytes, as are the sides."
    )
    width: Count | None = Field(
        description="null, as height, where the bytes don't tell: what was paid for is kept as it came."
    )
    height: Count | None
    bytes: Count


class ImageAddress(_ImageFacts):
    """A picture by its address."""

    url: Uri = Field(description="This studio's own, absolute; never expires.")


class InlineImage(_ImageFacts):
    """A picture in the answer itself."""

    base64: Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]


class Image(RootModel[ImageAddress | InlineImage]):
    """A picture: by its address, or inline."""


class Leftover(Schema):
    """What a provider sent in a picture's place: a page, say. It is kept, for it was paid for."""

    id: str
    url: Uri = Field(description="This studio's own, absolute; never expires.")
    mimeType: Literal["application/octet-stream"]  # noqa: N815
    bytes: Annotated[int, Field(ge=0)]


class Cost(Schema):
    """What a job costs."""

    estimated_usd: MaybeUsd
    reported_usd: MaybeUsd
    charged: Charged = Field(description="Whether money moved.")


class Webhook(Schema):
    """How far the word of the ending is on its way; null without a webhook_url."""

    url: str
    attempts: Number
    delivered_at: Time | None
    last_error: str | None
    next_at: Time | None = Field(description="null once it is delivered or given up.")


class Job(Schema):
    """A request, and what became of it."""

    id: Id
    task: Task
    status: JobStatus = Field(
        description="The last four are endings. uncertain: the provider may have accepted it, but its answer "
        "was lost; it may be charged, and is never sent again by itself."
    )
    model: ModelId
    provider: Provider
    served_by: str | None = Field(
        description="The model that really answers, where it is not the one asked for."
    )
    seed: int | None = Field(description="What its picture was drawn with: as sent, or as the provider told.")
    demo: bool = Field(description="Drawn by the built-in sandbox; no money moves.")
    payer: Payer
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    poll_url: Uri
    replaces: str | None = Field(description="Id of the job that this one repeats.")
    asked: Asked
    sent: Requests
    images: list[Image]
    files: list[Leftover] = Field(default=[], description="What came in pictures' places and is none.")
    warnings: list[str]
    cost: Cost
    error: ErrorObject | None
    offers: list[Offer] = Field(
        description="For a job that brought no picture. look_again: ask the provider once more, free of "
        "charge. run_again: the same request as a new job, paid for like any other."
    )
    webhook: Webhook | None


class JobPage(Schema):
    """Jobs, newest first."""

    jobs: list[Job]
    next_before: JobId | None = Field(description="For the next page.")


class DryRunCost(Schema):
    """What a run would cost."""

    estimated_usd: MaybeUsd
    at_most_usd: Usd = Field(description="The highest price that the sources name.")
    charged: Literal["no"]


class DryRun(Schema):
    """A run that was only tried: checked and priced, nothing kept, sent or charged."""

    dry_run: Literal[True]
    task: Task
    model: ModelId
    provider: Provider
    served_by: str | None
    demo: bool
    payer: Payer
    asked: Asked
    sent: Requests
    warnings: list[str]
    cost: DryRunCost


class _Price(Schema):
    estimate_usd: float | None = Field(description="USD for one picture of default settings, or null.")
    rule: str
    source: Uri
    read: Day
    note: str | None


class PriceVariant(_Price):
    """What it costs instead while these controls are on."""

    controls: AnyObject


class Price(_Price):
    """What a picture costs."""

    listed_usd: str | None
    variants: list[PriceVariant]


class Life(Schema):
    """Where its provider stands with a model."""

    status: Status
    since: Day | None
    successor: str | None
    note: str


class Availability(Schema):
    """Whether a model can run now."""

    can_run: bool
    reason: Literal["missing_key"] | None
    set: str | None = Field(description="The variable to set.")
    message: str | None


class Model(Schema):
    """One entry of the catalog."""

    id: ModelId
    name: str
    provider: Provider
    task: Task
    note: str
    default: bool = Field(description="Used where a request names no model.")
    controls: AnyObject = Field(description="The body that this model takes, as JSON Schema.")
    price: Price
    life: Life
    served_by: str | None
    available: Availability
    sources: list[Uri]


class FileState(Schema):
    """Whether a stored picture is kept for good, or deleted."""

    id: str
    job_id: JobId | None = Field(description="null for a picture to edit.")
    favourite: bool = Field(description="Never deleted by itself.")
    deleted: bool
    restorable_until: Time | None = Field(description="null where it is not deleted.")


class DeletedJob(Schema):
    """Whether a job is deleted."""

    id: JobId
    deleted: bool
    restorable_until: Time | None = Field(description="null where it is not deleted.")


class Everything(Schema):
    """How much was deleted, or brought back."""

    jobs: Number
    pictures: Number = Field(description="Pictures that jobs made.")
    restorable_until: Time | None = Field(description="null where it was brought back.")


class Link(Schema):
    """Opens the picture, to everybody."""

    url: Uri = Field(description="Opens the picture, to everybody.")


class NoLink(Schema):
    """The link is closed."""

    url: None


class Replay(Schema):
    """The new message."""

    webhook_id: WebhookId


class UsageSums(Schema):
    """What jobs cost together."""

    jobs: Number
    images: Number
    calls: Number = Field(description="Paid requests; a job may need several.")
    charged_usd: Usd = Field(
        description="Known to be charged: what the provider reported, else the highest price that the "
        "sources name."
    )
    estimated_usd: Usd = Field(description="The part of charged_usd that no provider reported.")
    unknown_usd: Usd = Field(description="Of calls that may have been charged.")
    reserved_usd: Usd = Field(description="Of calls that have not ended.")


class UsageGroup(UsageSums):
    """The same for one model, provider or day."""

    key: str


class Budget(Schema):
    """A limit on spending, and where it stands."""

    limit_usd: Usd
    spent_usd: Usd
    left_usd: Usd


class Budgets(Schema):
    """Where the limits that are set stand now, for the whole studio."""

    day: Budget | None
    month: Budget | None


class Usage(Schema):
    """What the jobs of a period cost."""

    since: Time = Field(alias="from")
    to: Time = Field(description="Just after the period.")
    group_by: GroupBy
    demo: bool = Field(description="Play money.")
    groups: list[UsageGroup]
    total: UsageSums
    budgets: Budgets


class Health(Schema):
    """The studio is up."""

    status: Literal["ok"]
    demo: bool
    version: str


class Ready(Schema):
    """Whether the studio can serve."""

    status: Literal["ready", "not_ready"]
    missing: list[Literal["database", "data_folder", "space"]]


class JobEnded(Schema):
    """What a webhook is told."""

    type: Annotated[str, _one_of(ENDINGS)]
    timestamp: Time
    data: Job
