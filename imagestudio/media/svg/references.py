"""How much work a drawing is, once everything that it refers to is drawn as often as it is referred to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_LINKS = 200
"""References and elements that hold each other, in a row."""


class Endless(ValueError):
    """The references lead back to where they began, or nearly never end."""


@dataclass(slots=True)
class Part:
    """An element with an id, or the whole drawing: what is in it, less what has an id of its own."""

    weight: int = 0
    names: list[str] = field(default_factory=list)
    """The ids that it refers to, one for each time."""
    parts: list["Part"] = field(default_factory=list)
    cost: int | None = None
    counting: bool = False


def cost_of(part: Part, by_id: Mapping[str, Part], links: int = 0) -> int:
    """The weight of a part and of everything it leads to, each time it does. Linear: every part is counted
    once. Raises `Endless`."""
    if part.cost is not None:
        return part.cost
    if part.counting or links > MAX_LINKS:
        raise Endless
    part.counting = True
    inner = [*part.parts, *(by_id[name] for name in part.names if name in by_id)]
    part.cost = part.weight + sum(cost_of(other, by_id, links + 1) for other in inner)
    return part.cost
