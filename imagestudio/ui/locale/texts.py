"""Every text of the page, by name. A language is a value of `Words`; a missing text is a type error."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

Named = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The page's texts in one language. What stands in braces is filled in where the text is shown."""

    language: str
    """BCP 47, such as `en`."""
    decimal: str
    """What stands before a number's decimals; prices keep the point of the providers' lists."""
    thousands: str

    title: str
    tabs: Named
    run: Named
    """The run button, by task."""
    stop: str
    look_again: str
    run_again: str
    run_again_twice: str
    repeats: str

    prompt: str
    prompt_hint: Named
    model: str
    image: str
    image_url: str
    image_hint: str
    image_url_hint: str

    labels: Named
    """The controls, in the form's order."""
    auto: str
    left_out: Named
    """What an empty number means, where it does not depend on the model."""
    empty_number: str

    not_taken: str
    range: str
    range_step: str
    seed_range: str
    shape: str
    shape_only: str
    vector: str

    either: str
    """Between the choices of a control."""
    notes: Named
    """What each model is good at."""
    lives: Named
    """Where each model stands."""
    prices: Named
    """How a price is reckoned, by its rule."""

    listed: str
    price_unknown: str
    demo_free: str
    run_free: str
    by_size: str
    """The price of an edit before the picture is known."""

    demo_title: str
    demo: str
    go_live: str
    go_live_forced: str

    empty_title: Named
    empty_hint: Named
    empty_keys: str

    stages: Named
    waiting: str
    ahead: str
    seconds: str
    percent: str
    done: str
    stopped: str

    cost_demo: str
    cost_none: str
    cost_unknown: str
    cost_about: str
    cost_at_most: str
    spent: Named
    spent_demo: str

    log_in: str
    log_out: str
    not_shown: str
    not_read: str
    download: str
    asked_sent_got: str
    asked: str
    sent: str
    got: str
    refused_code: str
    seed: str

    theme: Named
    """Light, dark, or as the system has it."""
    notices: Named
    """What a visitor should know before they begin, by the code of `GET /visitor`."""

    forms: Named
    """Of the top bar and beside the fields, of their own file, by name."""
    shapes: Named
    """What each aspect ratio is called."""
    compare: Named
    """Of comparing, of its own file, by name."""
    library: Named
    """Of the library's own file, by name."""
    privacy: Named
    """Of deleting and of ending sessions, of their own file, by name."""

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number as the language writes it, with its own decimals or so many."""
        text = f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
        return text.translate({ord(","): self.thousands, ord("."): self.decimal})

    def flat(self) -> dict[str, str]:
        """All of it by dotted names, such as `tabs.generate`, as the page's scripts take it."""
        return dict(self._flat())

    def _flat(self) -> Iterator[tuple[str, str]]:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                yield field.name, value
            else:
                yield from ((f"{field.name}.{key}", text) for key, text in value.items())
