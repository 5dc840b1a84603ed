"""Prices in words."""

from html import escape

from imagestudio.catalog.price import PerMegapixel
from imagestudio.catalog.spec import ModelSpec, Route
from imagestudio.core.job import Job
from imagestudio.core.units import usd
from imagestudio.store.budget import Balance
from imagestudio.ui.locale import Texts


def one_image(spec: ModelSpec, route: Route) -> float | None:
    """What one picture in the model's own size costs; None where the price, or the size, is unknown."""
    size = spec.default_size
    return route.price.per_image(size[0] * size[1] if size else None, None)


def at_a_glance(spec: ModelSpec, route: Route) -> str:
    """The price for the list of models."""
    amount = one_image(spec, route)
    if amount is not None:
        return usd(amount)
    return f"${route.price.usd:g}/MP" if isinstance(route.price, PerMegapixel) else route.price.describe()


def spent(balances: list[Balance], texts: Texts, *, demo: bool) -> str:
    """Where the budgets stand, as HTML; nothing where none is set."""
    parts = [
        texts.spent[at.period].format(spent=usd(at.spent_usd), limit=usd(at.limit_usd)) for at in balances
    ]
    if parts and demo:
        parts.append(texts.spent_demo)
    return f"<p>{escape(' · '.join(parts))}</p>" if parts else ""


def cost(job: Job, texts: Texts) -> str:
    """What a job cost, in a few words."""
    if job.demo:
        return texts.cost_demo
    if job.reported_usd is not None:
        # Black Forest Labs names it as it accepts a task, and leaves open whether a failed one is charged.
        cost = usd(job.reported_usd)
        return texts.cost_at_most.format(usd=cost) if job.charged == "unknown" else cost
    if job.charged == "no":
        return texts.cost_none
    if job.charged == "unknown" or job.estimated_usd is None:
        return texts.cost_unknown
    return texts.cost_about.format(usd=usd(job.estimated_usd))
