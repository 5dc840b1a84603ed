"""What the forms need to know of their visitor: which models run for them, what they spent today."""

from datetime import UTC, datetime
from typing import Any

from imagestudio.core.messages import render
from imagestudio.providers import PROVIDERS
from imagestudio.studio.service import Studio


def models_view(studio: Studio, language: str) -> dict[str, Any]:
    """By model, whether it runs for this visitor now, and what is missing where it does not."""
    return {
        view.spec.id: {
            "can_run": view.can_run,
            "set": view.set,
            "message": render(view.missing, language) if view.missing else None,
        }
        for view in studio.models()
    }


def providers_view() -> list[dict[str, str]]:
    """Whose keys a visitor may bring, and where people make them."""
    return [
        {"id": name, "name": kind.title, "variable": kind.key_variables[0], "page": kind.key_page}
        for name, kind in PROVIDERS.items()
    ]


async def today_usd(studio: Studio) -> float:
    """What this visitor's jobs of today (UTC) cost, with what is not sure yet. The demo's is play money."""
    report = await studio.report("day")
    today = datetime.fromtimestamp(report.chosen.until, UTC).date().isoformat()
    return sum(
        float(day.charged_usd + day.unknown_usd + day.reserved_usd)
        for day in report.groups
        if day.key == today
    )
