"""`/metrics`: figures for Prometheus, without ids, prompts or owners. Open to holders of its token, and on a
machine of one's own to that machine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hmac import compare_digest

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response

from imagestudio.api.responses import GuardedRoute
from imagestudio.core.errors import NotFound
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings, is_loopback
from imagestudio.store.budget import Balance
from imagestudio.store.stats import FileCount, JobCount, Snapshot

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""What proxies add: such a request comes from somewhere else, whatever address it came in by."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Whatever no route of ours answered, and methods of somebody's own: labels must not be theirs to choose."""
WAITING = ("queued", "running")

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


class RequestMetrics:
    """Counters of one process, in a registry of their own, beside the process's own figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._answered = Counter(
            "imagestudio_http_requests",
            "Requests answered, by route template.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._waited = Histogram(
            "imagestudio_http_answer_seconds",
            "Seconds from a request to the head of its answer.",
            ("route",),
            buckets=(0.005, 0.025, 0.1, 0.25, 1, 5, 30, 120),
            registry=self.registry,
        )

    def count(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """One answer. `route` is a template, None where none matched."""
        self._answered.labels(method if method in METHODS else OTHER, route or OTHER, str(status)).inc()
        self._waited.labels(route or OTHER).observe(seconds)


def add_metrics(app: FastAPI) -> None:
    """Serve it. `RequestMiddleware` fills `metrics` of the app's state."""
    app.state.metrics = RequestMetrics()
    app.include_router(router)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """All figures. To everybody else there is nothing here."""
    if not _may_see(request):
        raise NotFound(Message("request.nothing"))
    state = request.app.state
    snapshot = await state.host.stats.snapshot()
    text = exposition(state.metrics.registry, snapshot)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


def _may_see(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    if token := settings.metrics_token:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        value = credentials.strip().encode("latin-1", "replace")
        if scheme.lower() == "bearer" and compare_digest(value, token.get_secret_value().strip().encode()):
            return True
    if settings.public or any(name in request.headers for name in FORWARDED):
        return False
    return request.client is not None and is_loopback(request.client.host)


def exposition(requests: CollectorRegistry, stats: Snapshot) -> bytes:
    """The text format, version 0.0.4."""
    now = CollectorRegistry()
    now.register(
        _Once(
            [
                *_jobs(stats.jobs),
                *_files(stats.files),
                _answers(stats.answers),
                *_money(stats.balances),
            ]
        )
    )
    return generate_latest(requests) + generate_latest(now)


class _Once(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _jobs(counts: Sequence[JobCount]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily(
        "imagestudio_jobs", "Jobs in the database.", labels=("status", "model", "provider", "payer")
    )
    ran = SummaryMetricFamily(
        "imagestudio_job_seconds", "Seconds that ended jobs ran.", labels=("status", "model", "payer")
    )
    for each in counts:
        jobs.add_metric((each.status, each.model, each.provider, each.payer), each.count)
        if each.status not in WAITING:
            ran.add_metric((each.status, each.model, each.payer), each.count, each.seconds)
    open_jobs = sum(each.count for each in counts if each.status in WAITING)
    yield jobs
    yield ran
    yield GaugeMetricFamily("imagestudio_open_jobs", "Jobs that have not ended.", value=open_jobs)


def _files(counts: Sequence[FileCount]) -> Iterator[Metric]:
    files = GaugeMetricFamily("imagestudio_files", "Stored files.", labels=("kind",))
    size = GaugeMetricFamily("imagestudio_file_bytes", "Bytes of stored files.", labels=("kind",))
    for each in counts:
        files.add_metric((each.kind,), each.count)
        size.add_metric((each.kind,), each.bytes)
    yield files
    yield size


def _answers(counts: Mapping[tuple[str, int], int]) -> Metric:
    answers = CounterMetricFamily(
        "imagestudio_provider_answers", "Answers of the providers.", labels=("provider", "status")
    )
    for (provider, status), count in sorted(counts.items()):
        answers.add_metric((provider, str(status)), count)
    return answers


def _money(balances: Sequence[Balance]) -> Iterator[Metric]:
    limit = GaugeMetricFamily("imagestudio_budget_usd", "Limits on spending.", labels=("whose", "period"))
    left = GaugeMetricFamily(
        "imagestudio_budget_left_usd", "What is left of them.", labels=("whose", "period")
    )
    for each in balances:
        limit.add_metric((each.scope, each.period), each.limit_usd)
        left.add_metric((each.scope, each.period), each.left_usd)
    yield limit
    yield left
