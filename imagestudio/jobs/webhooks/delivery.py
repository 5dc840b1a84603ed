"""Telling a receiver that a job has ended: signed, again and again until it answers, never twice at once."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.job import Job
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.core.turns import PART
from imagestudio.core.units import DAY_S
from imagestudio.jobs.document import job_document
from imagestudio.jobs.webhooks.signing import Signer
from imagestudio.net import Fetcher, FetchError
from imagestudio.net.errors import Reason
from imagestudio.store.jobs import JobStore
from imagestudio.store.outbox import Outbox, PendingDelivery

AT_ONCE, AT_ONCE_EACH = 10, 4
"""Deliveries under way: in all, and to one address. Of one network, or owner, they are a `PART` of all, and
whoever has none under way goes first (the queue is on disk: it is no `Turns`)."""
ANSWER_S = 15.0
CLAIM_S = 60.0
"""A message whose sender was killed is due again after this."""
PAUSES_S = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0, DAY_S)
"""From each attempt to the next, and up to a tenth more, so that many do not come back together."""
GONE = 410
"""By the scheme of www.standardwebhooks.com: the receiver wants no more."""
REASONS: dict[Reason, Message] = {
    "timeout": Message("webhook.no_answer", seconds=ANSWER_S),
    "unreachable": Message("webhook.unreachable"),
}


class Webhooks:
    """The deliveries of one process. Addresses in them begin with a job's own origin, else `origin`."""

    def __init__(
        self,
        *,
        store: JobStore,
        outbox: Outbox,
        fetcher: Fetcher,
        signer: Signer,
        origin: str,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._fetcher = fetcher
        self._signer = signer
        self._origin = origin
        self._clock = clock
        self._under_way: dict[str, PendingDelivery] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Lock()
        self._ended = asyncio.Event()
        self._closed = False

    def notify(self) -> None:
        """A job has ended here that has a webhook: there is something to deliver now."""
        self._ended.set()

    async def wait(self, longest_s: float) -> None:
        """Wait for that, or for so long: other processes are not heard."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest_s):
                await self._ended.wait()
        self._ended.clear()

    async def deliver_due(self) -> None:
        """Start what is due, as far as there are places, and return at once."""
        # Whoever is canceled meanwhile: what is claimed and then forgotten would be nobody's for `CLAIM_S`.
        await asyncio.shield(self._begin(self._start_due()))

    async def _start_due(self) -> None:
        async with self._claiming:
            while len(self._under_way) < AT_ONCE and not self._closed:
                message = await self._claim()
                if message is None:
                    return
                self._under_way[message.id] = message
                self._begin(self._run(message))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _claim(self) -> PendingDelivery | None:
        by_url = Counter(message.url for message in self._under_way.values())
        by_party = Counter(message.party for message in self._under_way.values())
        busy = [url for url, under_way in by_url.items() if under_way >= AT_ONCE_EACH]
        full = [party for party, under_way in by_party.items() if under_way >= int(AT_ONCE * PART)]
        now = self._clock()
        return await self._outbox.claim(now, now + CLAIM_S, busy, served=by_party, full=full)

    async def resend(self, job: Job) -> str:
        """Send a job's ending once more, as a new message; its id. Raises `InvalidParameter`."""
        if job.webhook_url is None:
            raise InvalidParameter(Message("webhook.none"), field="job_id")
        if not job.ended:
            raise InvalidParameter(Message("webhook.not_ended"), field="job_id")
        message_id = await self._outbox.add(job.id, job.webhook_url, self._clock())
        await self.deliver_due()
        return message_id

    async def close(self) -> None:
        """Stop. What was under way is due again at the next start."""
        self._closed = True
        async with self._claiming:  # what is being claimed is known by then
            tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for message in self._under_way.values():
            await self._outbox.release(message, self._clock())

    async def _run(self, message: PendingDelivery) -> None:
        try:
            await self._deliver(message)
            del self._under_way[message.id]
            await self.deliver_due()
        except Exception as error:
            # The claim runs out by itself, and then it is tried again.
            self._under_way.pop(message.id, None)
            log_fault(error, task="What became of a webhook could not be recorded")

    async def _deliver(self, message: PendingDelivery) -> None:
        job = await self._store.get(message.job_id)
        if job is None or not job.ended:
            await self._outbox.mark_failed(message, str(Message("webhook.runs_again")), None)
            return
        try:
            why, again = await self._attempt(message, job)
        except Exception as error:
            why, again = log_fault(error, Message("fault.webhook")).message, True
        if why is None:
            await self._outbox.mark_delivered(message, self._clock())
        else:
            await self._outbox.mark_failed(message, why, self._next(message) if again else None)

    async def _attempt(self, message: PendingDelivery, job: Job) -> tuple[str | None, bool]:
        """Why it was not taken, if it was not, and whether to try again."""
        body = self._body(job)
        signed = await self._signer.headers(message.id, self._clock(), body)
        headers = {"content-type": "application/json", **signed}
        try:
            status = await self._fetcher.post(message.url, body.encode(), headers, timeout_s=ANSWER_S)
        except FetchError as error:
            return str(REASONS.get(error.reason, error.text)), True
        if 200 <= status < 300:
            return None, False
        if 300 <= status < 400:
            return str(Message("webhook.redirected", status=status)), True
        return str(Message("webhook.answered", status=status)), status != GONE

    def _body(self, job: Job) -> str:
        data = job_document(job, job.origin or self._origin)
        content = {"type": f"job.{job.status}", "timestamp": data["finished_at"], "data": data}
        return json.dumps(content, allow_nan=False, separators=(",", ":"))

    def _next(self, message: PendingDelivery) -> float | None:
        if message.attempts > len(PAUSES_S):
            return None
        return self._clock() + PAUSES_S[message.attempts - 1] * random.uniform(1.0, 1.1)
