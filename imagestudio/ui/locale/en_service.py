"""What the studio refuses and remarks it says in English by itself; its notices to a visitor are here."""

SERVICE: dict[str, str] = {}
SENTENCES: dict[str, str] = {}
NOTICES = {
    "no_lasting_storage": (
        "This studio has no lasting storage: every picture is lost when it restarts. "
        "Download what you want to keep."
    ),
    "no_keys_for_guests": (
        "This studio's own provider keys do not serve guests: use your own, or try the demo."
    ),
    "found_by_cookie": (
        "Your pictures belong to this browser: they are found by its cookie, and can't be without it."
    ),
}
