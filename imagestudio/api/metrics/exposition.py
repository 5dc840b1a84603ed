"""All figures of one moment, as Prometheus reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from imagestudio.store.budget import Balance
from imagestudio.store.stats import FileCount, JobCount, Snapshot

WAITING = ("queued", "running")


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
