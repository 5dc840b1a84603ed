"""What a visitor should know before they begin, a sentence each."""

from imagestudio.settings import Settings
from imagestudio.storage import Place
from imagestudio.studio import Studio


def notices(studio: Studio, settings: Settings, place: Place) -> list[str]:
    """In the order of their weight."""
    visitor, payers = studio.visitor, studio.payers
    said = []
    if not place.durable:
        said.append(
            "This studio has no lasting storage: every picture is lost when it restarts. "
            "Download what you want to keep."
        )
    if payers.server and payers.sandbox != "on" and not payers.may_spend(visitor):
        said.append("This studio's own provider keys do not serve guests: use your own, or try the demo.")
    if visitor.kind == "session":
        said.append(
            "Your pictures belong to this browser: they are found by its cookie, and can't be without it."
        )
    return said
