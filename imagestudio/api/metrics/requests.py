"""HTTP requests, counted by the route that answered and the status it gave."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Whatever no route of ours answered, and methods of somebody's own: labels must not be theirs to choose."""


class Requests:
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
