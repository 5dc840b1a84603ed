"""Polling a ticket to its end: free, never a submit, and patient with a provider in trouble."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import stamina

from imagestudio.core.errors import ProviderTimeout
from imagestudio.core.job import CallRecord, Job, Stage
from imagestudio.core.messages import Message
from imagestudio.jobs.progress import ProgressHub
from imagestudio.providers.base import Completed, Pending, Provider
from imagestudio.providers.http import Garbled, Transient
from imagestudio.store.durations import DurationStore

PATIENCE_S = 25.0
LEAST_FOLLOW_S = 30.0
"""A ticket found after its job's deadline is still given this long, or a shorter job's whole time: looking is
free, and what passed meanwhile is known from the wall clock only, which may have been set."""
GARBLED_LOOKS = 6
"""Looks one after the other, over ten seconds or so, that must all be garbled before a task is given up."""
TROUBLE_FIRST_S, TROUBLE_MOST_S, ASKED_MOST_S = 0.3, 15.0, 60.0
"""Seconds to the next look while the way there is in trouble: by ourselves, and where we are asked to wait:
what is made may be had for ten minutes only."""


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls tickets of one provider, and learns from them how long its models take."""

    provider: Provider
    durations: DurationStore
    hub: ProgressHub
    clock: Callable[[], float]
    job_timeout_s: float

    async def poll(self, job: Job, record: CallRecord, ticket: dict[str, str]) -> Completed:
        """Look at the task until it is completed. Raises `ProviderTimeout` where the job's time is over
        before, or the `StudioError` that ended the task."""
        loop = asyncio.get_running_loop()
        waited = max(0.0, self.clock() - (record.submitted_at or self.clock()))
        began = loop.time() - waited
        deadline = loop.time() + max(min(LEAST_FOLLOW_S, self.job_timeout_s), self.job_timeout_s - waited)
        patience = PATIENCE_S
        while (left := deadline - loop.time()) > 0:
            started = loop.time()
            outcome = await self._ask(job, ticket, min(patience, left), left)
            if isinstance(outcome, Completed):
                if record.state == "planned":  # else the time includes a restart
                    self.durations.learn(job.model, loop.time() - began)
                return outcome
            held_the_line = patience > 0 and loop.time() - started >= patience / 2
            if outcome is not None and not held_the_line:
                # It can't: go by what is known of the model from now on.
                patience = 0.0
                pause = self.durations.of(job.model).next_look(loop.time() - began)
                await asyncio.sleep(min(left, pause))
        raise ProviderTimeout(
            Message("run.not_in_time", title=self.provider.title, seconds=self.job_timeout_s),
            charged="unknown",
        )

    async def _ask(
        self, job: Job, ticket: dict[str, str], patience: float, left: float
    ) -> Pending | Completed | None:
        """One look, repeated while the way there is in trouble; None where that took all the time."""
        garbled = 0
        try:
            async for attempt in stamina.retry_context(
                on=_pause_after,
                attempts=None,
                timeout=left,
                wait_initial=TROUBLE_FIRST_S,
                wait_max=TROUBLE_MOST_S,
            ):
                with attempt:
                    try:
                        outcome = await self.provider.poll(
                            ticket, patience=patience, report=lambda news: self._report(job, news)
                        )
                    except Garbled as error:
                        garbled += 1
                        if garbled == GARBLED_LOOKS:
                            raise error.ending from error
                        raise
        except Transient:
            return None
        if isinstance(outcome, Pending):
            self._report(job, outcome)
        return outcome

    def _report(self, job: Job, pending: Pending) -> None:
        stage: Stage = "queued" if pending.stage == "queued" else "generating"
        usual_s = self.durations.of(job.model).usual_s
        self.hub.update(job.id, stage, ahead=pending.ahead, fraction=pending.progress, usual_s=usual_s)


def _pause_after(error: Exception) -> bool | float:
    """Stamina's hook: whether to try again, and after how long where the provider said so."""
    if not isinstance(error, Transient):
        return False
    return min(error.retry_after, ASKED_MOST_S) if error.retry_after else True
