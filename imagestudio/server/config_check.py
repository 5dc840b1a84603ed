"""What a choice of settings opens to whom, as far as settings alone tell: pure rules, no look-ups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import httpx

from imagestudio.core.data_dir import DataFolder
from imagestudio.core.redaction import secrets_of
from imagestudio.core.settings import Settings, SettingsError, is_loopback

KEY_LENGTH = 16
"""Characters that a key of the studio's own has at least."""
KEY_LETTERS = 6
"""Different ones: `aaaaaaaaaaaaaaaa` is no key."""
TAKEN = ("api", "assets", "config", "docs", "gradio_api", "page", "shared", "static", "visitor")
"""What the studio's own paths begin with: whether a prefix was taken off could not be told from them."""
PROVIDER_KEYS = ("GEMINI_API_KEY", "BFL_API_KEY", "FAL_KEY")

Level = Literal["danger", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. A `danger` keeps the studio from starting."""

    level: Level
    variable: str
    message: str
    """What is the matter and what to do, in one line."""

    def __str__(self) -> str:
        return f"{self.variable}: {self.message}"


def findings(settings: Settings, place: DataFolder) -> list[Finding]:
    """Everything to know, the dangers first."""
    found = [finding for rule in RULES for finding in rule(settings, place)]
    return sorted(found, key=lambda finding: ("danger", "warning", "note").index(finding.level))


def refuse_danger(found: list[Finding]) -> None:
    """Raises `SettingsError` for the first danger."""
    if found and found[0].level == "danger":
        raise SettingsError(str(found[0]))


def server_keys(settings: Settings) -> list[str]:
    """The variables of the provider keys that the server has."""
    held = (settings.gemini_api_key, settings.bfl_api_key, settings.fal_key)
    return [variable for variable, key in zip(PROVIDER_KEYS, held, strict=True) if key]


def who_is_served(settings: Settings) -> str:
    """Whom the server's own provider keys serve, as a sentence."""
    if not server_keys(settings):
        return "The server has no provider keys. Visitors use the demo, or their own keys."
    if settings.sandbox == "on":
        return "The server's provider keys serve nobody: the demo is on."
    if not settings.public:
        return "The server's provider keys serve whoever uses this machine."
    chosen = ["holders of an API key"]
    if settings.hf_users:
        chosen.append(f"{len(settings.hf_users)} listed Hugging Face users")
    if settings.public_budget_usd_day:
        chosen.append(f"everybody within {settings.public_budget_usd_day:g} USD a day")
    others = "Everybody else uses their own keys" + (", or the demo." if settings.sandbox == "auto" else ".")
    return f"The server's provider keys serve {', '.join(chosen)}. {others}"


def _storage(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    name = "IMAGESTUDIO_DATA_DIR"
    if not place.writable:
        yield Finding("danger", name, f"{place.folder} can't be written. Name a folder that can.")
    elif not place.durable:
        lost = f"{place.folder} goes with the container: every picture and job is lost when it restarts."
        yield Finding("warning", name, f"{lost} Attach storage at /data, or name a folder that stays.")


def _growth(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """What strangers can fill, and how long it is kept for them."""
    if not settings.public:
        return
    if settings.disk_quota_mb is None:
        full = "this address is public, and nothing bounds what all pictures together take. Set a quota."
        yield Finding("warning", "IMAGESTUDIO_DISK_QUOTA_MB", full)
    if settings.keep_days is None:
        ever = "this address is public, and strangers' pictures are kept for ever. Set how many days."
        yield Finding("warning", "IMAGESTUDIO_KEEP_DAYS", ever)


def _own_keys(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Keys that people can guess, or that open more than one door."""
    named = [("IMAGESTUDIO_API_KEYS", key.get_secret_value()) for key in settings.api_keys]
    if settings.metrics_token:
        named.append(("IMAGESTUDIO_METRICS_TOKEN", settings.metrics_token.get_secret_value()))
    for variable, value in named:
        if len(value) < KEY_LENGTH or len(set(value)) < KEY_LETTERS:
            advice = "openssl rand -hex 24 makes one that can't."
            yield Finding(
                "danger", variable, f"one has under {KEY_LENGTH} characters or can be guessed; {advice}"
            )
    secrets = secrets_of(settings)
    if len(set(secrets)) < len(secrets):
        twice = "two of the keys and secrets are the same, so that one opens what the other should."
        yield Finding("danger", "IMAGESTUDIO_API_KEYS", f"{twice} Give each a value of its own.")


def _in_the_clear(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Keys that would travel unencrypted."""
    held = {"google": settings.gemini_api_key, "bfl": settings.bfl_api_key, "fal": settings.fal_key}
    for provider, key in held.items():
        url = httpx.URL(settings.base_url(provider, "https://vendor"))
        if key and url.scheme == "http" and not is_loopback(url.host):
            variable = f"IMAGESTUDIO_{provider.upper()}_BASE_URL"
            yield Finding("danger", variable, "http would send the key unencrypted. Use https.")
    router = httpx.URL(settings.hf_base_url or "https://vendor")
    if router.scheme == "http" and not is_loopback(router.host):  # it only ever gets visitors' tokens
        tokens = "http would send visitors' tokens unencrypted. Use https."
        yield Finding("danger", "IMAGESTUDIO_HF_BASE_URL", tokens)
    if (settings.public_address or "").startswith("http://") and settings.public:
        plain = "http lets anybody on the way read keys and cookies. Use https."
        level: Level = "danger" if settings.space_id else "warning"
        yield Finding(level, "IMAGESTUDIO_PUBLIC_URL", plain)


def _web(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Which web sites may use the studio through a visitor's browser."""
    if "*" in settings.allowed_hosts:
        rebinding = "with * any web page can reach the studio under a name of its own. List the names."
        level: Level = "warning" if settings.public else "danger"
        yield Finding(level, "IMAGESTUDIO_ALLOWED_HOSTS", rebinding)


def _prefix(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """The path that the studio is served under."""
    name = "GRADIO_ROOT_PATH"
    own = settings.model_copy(update={"public_url": None}).prefix
    if own and own != settings.prefix:
        two = f"it says {own}, and IMAGESTUDIO_PUBLIC_URL {settings.prefix}. Say it once, or the same twice."
        yield Finding("danger", name, two)
    if settings.prefix and settings.prefix.split("/")[1] in TAKEN:
        taken = f"{settings.prefix} begins as addresses of the studio's own do. Take another path."
        yield Finding("danger", name, taken)


def _payers(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Whom the server's provider keys serve on a public address, and how far."""
    if not settings.public or not server_keys(settings) or settings.sandbox == "on":
        return
    public_money = settings.public_budget_usd_day is not None
    if not (settings.api_keys or settings.hf_users or public_money):
        unused = (
            "this address is public, and the server's provider keys serve nobody but holders of keys made by"
        )
        more = "`imagestudio keys` until this, IMAGESTUDIO_HF_USERS or IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY is."
        yield Finding("warning", "IMAGESTUDIO_API_KEYS", f"{unused} {more}")
    elif not public_money and settings.budget_usd_day is None and settings.budget_usd_month is None:
        endless = "nothing bounds what those whom you chose spend with the server's keys. Set a limit."
        yield Finding("warning", "IMAGESTUDIO_BUDGET_USD_DAY", endless)


def _public_money(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Whether the budgets for strangers hold together."""
    public, guest = settings.public_budget_usd_day, settings.visitor_budget_usd_day
    if public is None:
        if guest is not None:
            lonely = "caps what a visitor spends of the public budget, and there is none: set"
            name = "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY"
            yield Finding("warning", name, f"{lonely} IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY, or leave it out.")
        return
    if guest is not None and guest > public:
        alone = f"one visitor may spend {guest:g} USD, more than the {public:g} of all together. Lower it."
        yield Finding("danger", "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY", alone)
    if settings.budget_usd_day is not None and public > settings.budget_usd_day:
        more = "strangers may spend more than IMAGESTUDIO_BUDGET_USD_DAY allows in all. Lower it."
        yield Finding("danger", "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY", more)


def _login(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Whom the allow-list lets in."""
    name = "IMAGESTUDIO_HF_USERS"
    if "*" in settings.hf_users:
        yield Finding("danger", name, "* is nobody's name. List users; for everybody set a public budget.")
    if settings.hf_users and not settings.logins:
        alone = "nobody can log in here: that takes a Space whose README has `hf_oauth: true`."
        yield Finding("warning", name, alone)


def _proxies(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    """Whose word on where a request comes from is taken."""
    if settings.public and not settings.space_id and "*" in settings.forwarded_allow_ips:
        anybody = "with * whoever calls can name another address as theirs, and pass by the limits of one."
        yield Finding("warning", "FORWARDED_ALLOW_IPS", f"{anybody} Name your proxy's.")


def _metrics(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    if settings.public and settings.metrics_token is None:
        yield Finding(
            "note", "IMAGESTUDIO_METRICS_TOKEN", "/metrics is closed to everybody until this is set."
        )


def _sandbox(settings: Settings, place: DataFolder) -> Iterator[Finding]:
    if settings.sandbox == "on" and server_keys(settings):
        yield Finding("note", "IMAGESTUDIO_SANDBOX", "the provider keys are set and unused: the demo is on.")


Rule = Callable[[Settings, DataFolder], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    _storage,
    _growth,
    _own_keys,
    _in_the_clear,
    _web,
    _prefix,
    _payers,
    _public_money,
    _login,
    _proxies,
    _metrics,
    _sandbox,
)
