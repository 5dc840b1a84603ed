"""A job, its calls and its files, as every entrance sees them. CONTRIBUTING.md draws the states."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from imagestudio.core.errors import Charged, ContentRefused, Failure
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.core.turns import Asker
from imagestudio.core.units import DAY_S, MAX_PIXELS

JobStatus = Literal["queued", "running", "succeeded", "failed", "canceled", "uncertain"]
UNENDED: tuple[JobStatus, ...] = ("queued", "running")
ENDED: frozenset[str] = frozenset({"succeeded", "failed", "canceled", "uncertain"})

CallState = Literal[
    "planned", "submitting", "accepted", "succeeded", "failed", "unstored", "uncertain", "dropped"
]
"""planned: nothing was sent. submitting: the request may be on its way. accepted: the provider's ticket is
kept. succeeded, failed, uncertain: as the job's. unstored: the picture is made but could not be kept here,
the disk was full, say; it is fetched again. dropped: canceled before it was sent."""
OPEN_CALLS: frozenset[CallState] = frozenset({"planned", "submitting", "accepted"})


FINAL = frozenset({"run.not_brought_lost"})
"""Messages of an ending that looking again would not change."""

Payer = Literal["studio", "visitor", "huggingface", "nobody"]
"""Who pays a job's provider. studio: the host, with the server's own key. visitor: whoever asked, with a key
of theirs. huggingface: whoever asked, by their Hugging Face account. nobody: the sandbox drew it."""
OWN: frozenset[Payer] = frozenset({"visitor", "huggingface"})
"""Those who pay with a key of their own."""

Offer = Literal["look_again", "run_again"]
"""look_again: the provider is asked once more what became of a ticket, free of charge. run_again: the same
request as a new job, paid for like any other."""


Gone = Literal["binned", "owner", "age", "room", "unclaimed"]
"""Why a picture, or a job, is not there any more. binned: its owner deleted it less than a day ago, and its
bytes are still on disk. owner: they did, for good. age: it was older than the studio keeps pictures, or its
pictures are gone. room: the disk's quota was full. unclaimed: a picture to edit that no job came for."""
RESTORABLE_S = DAY_S
"""How long what its owner deleted can be brought back."""


FileKind = Literal["result", "input", "leftover"]
"""leftover: what a provider sent in a picture's place, a page, say. It was paid for, so it can be had."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A picture on disk: what a provider sent, byte for byte, or what a person gave to edit."""

    id: str
    kind: FileKind
    name: str
    """Path under the files folder."""
    mime_type: str
    width: int
    """In pixels; 0 where the bytes don't tell."""
    height: int
    bytes: int
    sha256: str
    created_at: float
    owner: str
    job_id: str | None = None
    call: int | None = None
    position: int = 0
    favourite: bool = False
    """Never deleted by itself."""
    gone: Gone | None = None
    gone_at: float | None = None

    @property
    def can_be_shown(self) -> bool:
        """Whether it is a picture that its bytes measure, and of a size that is decoded. All others are there
        to be downloaded."""
        return 0 < self.width * self.height <= MAX_PIXELS

    @property
    def restorable_until(self) -> float | None:
        """Until when its owner can bring a deleted picture back, in seconds since 1970; None where they
        can't."""
        return _restorable_until(self.gone, self.gone_at)

    @property
    def why_gone(self) -> Message:
        """What is said of a picture that is gone."""
        if self.restorable_until is not None:
            return Message("picture.binned", moment=_minute(self.restorable_until))
        reason = "owner" if self.gone == "binned" else self.gone or "unknown"
        days = max(0, round(((self.gone_at or self.created_at) - self.created_at) / DAY_S))
        ages = {0: Message("age.less"), 1: Message("age.day")}
        age = ages.get(days, Message("age.days", days=days))
        return Message("picture.deleted", age=age, reason=Message(f"gone.{reason}"))


def _restorable_until(gone: Gone | None, gone_at: float | None) -> float | None:
    return gone_at + RESTORABLE_S if gone == "binned" and gone_at is not None else None


def _minute(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One paid request of a job and what became of it: a line of the ledger."""

    job_id: str
    position: int
    endpoint: str
    body: dict[str, Any]
    """As sent, long strings shortened, never a key."""
    reserved_usd: float | None = None
    """What it counts for in budgets until it is known better: the highest price that the sources name."""
    state: CallState = "planned"
    ticket: dict[str, str] | None = None
    warnings: tuple[Message, ...] = ()
    reported_usd: float | None = None
    charged: Charged = "no"
    error: Failure | None = None
    submitted_at: float | None = None
    finished_at: float | None = None
    seed: int | None = None
    """What the provider says it drew with."""

    @property
    def can_look_again(self) -> bool:
        """Whether the provider can be asked, free of charge, what became of it. A refusal is final, and so is
        a file that can never be brought."""
        error = self.error
        final = error is not None and (error.code == ContentRefused.code or error.text.id in FINAL)
        return self.ticket is not None and self.state in ("failed", "unstored", "uncertain") and not final


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far the latest word of a job's ending is on its way to `webhook_url`."""

    attempts: int
    due_at: float | None
    """The next attempt; None once it is delivered or given up."""
    delivered_at: float | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """A request that was accepted, and how it goes."""

    id: str
    owner: str
    task: Task
    status: JobStatus
    model: str
    provider: str
    served_by: str | None
    demo: bool
    created_at: float
    asked: dict[str, Any]
    prompt: str
    controls: dict[str, Any]
    response_format: str
    input_file: str | None
    estimated_usd: float | None
    payer: Payer = "studio"
    """`nobody` exactly where `demo` is true."""
    guest: bool = False
    """Asked for by a visitor whom the host did not choose: what the studio pays for it is public money."""
    network: str = ""
    """Where a guest asked from: see `Visitor.network`."""
    warnings: tuple[Message, ...] = ()
    replaces: str | None = None
    """The job that this one repeats, knowingly."""
    webhook_url: str | None = None
    origin: str | None = None
    """Where the request came in: addresses in a webhook's body begin with it."""
    dry_run: bool = False
    """Only shown: not kept, and nothing is sent."""
    started_at: float | None = None
    finished_at: float | None = None
    error: Failure | None = None
    worker: str | None = None
    """The process that holds the job."""
    lease: int = 0
    """Counts the holders: only the latest may change the job."""
    lease_until: float | None = None
    gone: Gone | None = None
    """Deleted: only its owner's day to bring it back is left of it or, after that, when it was, of which
    model and what it cost."""
    gone_at: float | None = None
    calls: tuple[CallRecord, ...] = ()
    files: tuple[StoredFile, ...] = field(default=())
    delivery: Delivery | None = None
    """None before the first ending, and without a `webhook_url`."""

    @property
    def restorable_until(self) -> float | None:
        """Until when its owner can bring a deleted job back, in seconds since 1970; None where they can't."""
        return _restorable_until(self.gone, self.gone_at)

    @property
    def why_gone(self) -> Message:
        """What is said of a job that was deleted."""
        if self.restorable_until is not None:
            return Message("job.binned", moment=_minute(self.restorable_until))
        return Message("job.deleted" if self.gone == "owner" else "job.expired")

    @property
    def can_look_again(self) -> bool:
        """Whether a call has a ticket to ask about, or is being asked about already."""
        return any(call.can_look_again or call.state == "accepted" for call in self.calls)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What can be done about a job that brought no picture."""
        if self.status not in ("failed", "uncertain"):
            return ()
        return ("look_again", "run_again") if self.can_look_again else ("run_again",)

    @property
    def pictures(self) -> tuple[StoredFile, ...]:
        """Its pictures that are still there."""
        return tuple(file for file in self.files if file.gone is None and file.kind == "result")

    @property
    def leftovers(self) -> tuple[StoredFile, ...]:
        """What came in pictures' places, and is still there."""
        return tuple(file for file in self.files if file.gone is None and file.kind == "leftover")

    @property
    def asker(self) -> Asker:
        """Whoever asked for it, waiting for a turn. What is paid goes before the demo."""
        return Asker(self.owner, self.network, paid=self.payer != "nobody")

    @property
    def seed(self) -> int | None:
        """What its picture was drawn with: the seed that was sent or, of a single call, the one that came
        back."""
        reported = self.calls[0].seed if len(self.calls) == 1 else None
        return self.controls.get("seed", reported)

    @property
    def ended(self) -> bool:
        """Whether the job has come to an ending."""
        return self.status in ENDED

    @property
    def at_most_usd(self) -> float:
        """What it counts for in budgets while it runs: the highest price that the sources name."""
        return round(sum(call.reserved_usd or 0.0 for call in self.calls), 6)

    @property
    def reported_usd(self) -> float | None:
        """What the provider says it charged, over all calls; None while it has said nothing, and in the demo,
        where nothing is charged."""
        if self.demo:
            return None
        reported = [
            0.0 if call.charged == "no" else call.reported_usd
            for call in self.calls
            if call.reported_usd is not None
        ]
        return round(sum(reported), 6) if reported else None

    @property
    def charged(self) -> Charged:
        """Whether money moved: unknown if that is unknown of any call. In the demo none does."""
        if self.demo:
            return "no"
        answers = {call.charged for call in self.calls}
        return "unknown" if "unknown" in answers else "yes" if "yes" in answers else "no"

    @property
    def told_error(self) -> Failure | None:
        """The error that it ended in as programs are told it: in the demo nothing was charged, whatever a
        provider would have done."""
        if self.error is None or not self.demo or self.error.details.get("charged", "no") == "no":
            return self.error
        text = Message("charged.in_demo", error=self.error.text)
        return replace(self.error, text=text).with_details(charged="no")

    @property
    def outcome(self) -> tuple[JobStatus, Failure | None]:
        """What its ended calls add up to, status and error: any picture makes a success, a lost submit
        outweighs a failure."""
        first = {call.state: call for call in reversed(self.calls)}
        if "succeeded" in first:
            return "succeeded", None
        if "uncertain" in first:
            return "uncertain", self._with_offers(first["uncertain"].error)
        for state in ("unstored", "failed"):
            if state in first:
                return "failed", first[state].error
        return "canceled", None

    def _with_offers(self, error: Failure | None) -> Failure | None:
        """A lost submit's error with what a person can do: nothing more is done by itself."""
        if error is None:
            return None
        if self.can_look_again:
            text, offers = Message("lost.look_or_run", error=error.text), ["look_again", "run_again"]
        else:
            text, offers = Message("lost.run", error=error.text), ["run_again"]
        return replace(error, text=text).with_details(offers=offers)

    @property
    def all_warnings(self) -> tuple[Message, ...]:
        """Its own warnings, its calls', and what became of the calls that brought nothing."""
        warnings = [*self.warnings, *(warning for call in self.calls for warning in call.warnings)]
        if any(call.state == "succeeded" for call in self.calls):
            total = len(self.calls)
            warnings += [
                Message(
                    "picture.did_not_come", position=call.position + 1, total=total, reason=call.error.text
                )
                for call in self.calls
                if call.state != "succeeded" and call.error
            ]
        return tuple(dict.fromkeys(warnings))


Stage = Literal["queued", "sending", "waiting", "generating", "saving"]
"""queued: for a place, here or at the provider. sending: the submit is on its way. waiting: the provider
asked to wait before the submit. generating: at work. saving: the pictures are brought and stored."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job is, in words that the page shows. Kept in memory only."""

    stage: Stage
    since: float
    ahead: int | None = None
    fraction: float | None = None
    note: Message | None = None
    """Why it waits."""
    usual_s: float | None = None
    """Seconds that the model takes as a rule; None while too little is known."""
