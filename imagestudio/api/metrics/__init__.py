"""Figures for Prometheus: no ids, no prompts, no owners."""

from imagestudio.api.metrics.counting import Counting, Routing
from imagestudio.api.metrics.exposition import exposition
from imagestudio.api.metrics.requests import Requests

__all__ = ["Counting", "Requests", "Routing", "exposition"]
