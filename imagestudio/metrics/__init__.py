"""Figures for Prometheus: no ids, no prompts, no owners."""

from imagestudio.metrics.counting import Counting, Routing
from imagestudio.metrics.exposition import exposition
from imagestudio.metrics.requests import Requests

__all__ = ["Counting", "Requests", "Routing", "exposition"]
