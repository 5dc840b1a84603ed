"""What a visitor should know before they begin, by code: the page has the sentences, in
its visitor's language."""

from typing import Literal

from imagestudio.core.data_dir import Place
from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio

Notice = Literal["no_lasting_storage", "no_keys_for_guests", "found_by_cookie"]
"""no_lasting_storage: every picture is lost at a restart. no_keys_for_guests: the server's keys are not
theirs. found_by_cookie: what they make is found by this browser's cookie only."""


def notices(studio: Studio, settings: Settings, place: Place) -> list[Notice]:
    """In the order of their weight."""
    known: list[tuple[Notice, bool]] = [
        ("no_lasting_storage", not place.durable),
        ("no_keys_for_guests", studio.withholds_keys),
        ("found_by_cookie", studio.visitor.kind == "session"),
    ]
    return [notice for notice, holds in known if holds]
