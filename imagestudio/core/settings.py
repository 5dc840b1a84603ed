"""The settings, read once and only here. docs/settings.md lists them; a test holds the two together."""

import base64
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import httpx
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from imagestudio.core.data_dir import PRIVATE, default_folder, neutral_name

SECRET_KEY_LENGTH = 32
"""Characters at least."""
HOST_NAME = re.compile(r"\*|(\*\.)?[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\]")
PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
"""Of a prefix: without what would be written in more than one way, or would lead out of it."""
ORIGIN = re.compile(r"https?://([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _in_one_case(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in value)


def _host_names(value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if not HOST_NAME.fullmatch(name):
            raise ValueError("takes names without scheme or port, such as example.com, *.example.com, or *")
    return value


def _whole_origins(value: tuple[str, ...]) -> tuple[str, ...]:
    for origin in value:
        if not ORIGIN.fullmatch(origin):
            raise ValueError("takes origins such as https://example.com, without a path; * is not one")
    return value


def _printable(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip().isascii():
        raise ValueError("a key is plain ASCII; this one holds other characters")
    return value


def _web_address(value: str) -> str:
    url = httpx.URL(value)
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment or url.userinfo:
        raise ValueError("must be an http(s) origin with an optional path, such as https://example.com/x")
    return value.rstrip("/")


def _own_address(value: str) -> str:
    url = httpx.URL(_web_address(value))
    _plain(url.path.rstrip("/"))
    return str(url)  # in lower case, and without a port that the scheme implies


def _root_path(value: str) -> str:
    if _is_web(value):
        return _own_address(value)
    parts = value.strip("/")
    return _plain(f"/{parts}" if parts else "")


def _plain(path: str) -> str:
    if not PATH.fullmatch(path):
        raise ValueError("takes a path of letters, digits and .-_~ only, such as /studio")
    return path


def _signing_key(value: SecretStr) -> SecretStr:
    # www.standardwebhooks.com asks for keys of this length.
    prefix, _, key = value.get_secret_value().strip().partition("_")
    try:
        good = prefix == "whsec" and 24 <= len(base64.b64decode(key, validate=True)) <= 64
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be whsec_ and 24 to 64 bytes in base64")
    return value


def _hard_to_guess(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(len(secret.get_secret_value()) < SECRET_KEY_LENGTH for secret in value):
        raise ValueError(
            f"must have {SECRET_KEY_LENGTH} characters or more: openssl rand -base64 32 makes one"
        )
    return value


def _sqlite(value: str) -> str:
    # Earlier versions took the first form only.
    if not value.startswith(("sqlite+aiosqlite:///", "sqlite:///")):
        raise ValueError("this version takes sqlite:///PATH only")
    return value


def _no_blobs(value: str) -> str:
    raise ValueError("this version keeps pictures in IMAGESTUDIO_DATA_DIR only; leave it unset")


LIST = BeforeValidator(_split)
"""Comma separated."""
ApiKeys = Annotated[tuple[SecretStr, ...], NoDecode, LIST]
Names = Annotated[tuple[str, ...], NoDecode, LIST, AfterValidator(_in_one_case)]
HostNames = Annotated[Names, AfterValidator(_host_names)]
Origins = Annotated[Names, AfterValidator(_whole_origins)]
ProviderKey = Annotated[SecretStr, AfterValidator(_printable)]
SecretKeys = Annotated[tuple[SecretStr, ...], NoDecode, LIST, AfterValidator(_hard_to_guess)]
SigningKey = Annotated[SecretStr, AfterValidator(_signing_key)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
OwnAddress = Annotated[str, AfterValidator(_own_address)]
RootPath = Annotated[str, AfterValidator(_root_path)]
SqliteUrl = Annotated[str, AfterValidator(_sqlite)]
BlobsUrl = Annotated[str, AfterValidator(_no_blobs)]


PUBLIC_RATE, PUBLIC_JOBS_AT_ONCE, PUBLIC_VISITOR_QUOTA_MB = 120, 8, 200.0
"""Limits on visitors where strangers come and nothing is set."""
Limit = TypeVar("Limit", int, float)
PRIVATE_NETWORKS = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,::1,fc00::/7"
"""Where proxies are. A stranger who comes from anywhere else says in vain who they are forwarded for."""


PREFIX = "IMAGESTUDIO_"
"""Of the studio's own variables; the others are called what their vendors call them."""


class SettingsError(Exception):
    """A setting is wrong. The message is one line that names it."""


class Settings(BaseSettings):
    """Everything that the environment decides. An empty variable counts as unset."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    gemini_api_key: ProviderKey | None = Field(
        None, validation_alias=AliasChoices("GEMINI_API_KEY", "GOOGLE_API_KEY")
    )
    bfl_api_key: ProviderKey | None = Field(None, validation_alias="BFL_API_KEY")
    fal_key: ProviderKey | None = Field(None, validation_alias="FAL_KEY")
    sandbox: Literal["auto", "on", "off"] = "auto"
    google_base_url: WebAddress | None = None
    bfl_base_url: WebAddress | None = None
    fal_base_url: WebAddress | None = None
    hf_base_url: WebAddress | None = None
    imagen_route: Literal["successor", "imagen"] = "successor"
    space_id: str | None = Field(None, validation_alias="SPACE_ID")
    data_dir: Path = Field(default_factory=lambda before: default_folder(bool(before.get("space_id"))))
    database_url: SqliteUrl | None = None
    blobs_url: BlobsUrl | None = None
    sync_timeout_s: float = Field(120, ge=0)
    job_timeout_s: float = Field(900, gt=0)
    budget_usd_day: float | None = Field(None, ge=0)
    budget_usd_month: float | None = Field(None, ge=0)
    public_budget_usd_day: float | None = Field(None, gt=0)
    visitor_budget_usd_day: float | None = Field(None, gt=0)
    hf_users: Names = ()
    requests_per_minute: int | None = Field(None, ge=0)
    jobs_at_once: int | None = Field(None, ge=0)
    queue_jobs: int = Field(500, ge=1)
    max_megapixels: float = Field(40, gt=0)
    keep_days: float | None = Field(None, gt=0)
    disk_quota_mb: float | None = Field(None, gt=0)
    min_free_mb: float = Field(200, ge=0)
    visitor_quota_mb: float | None = Field(None, ge=0)
    webhook_secret: SigningKey | None = None
    api_keys: ApiKeys = ()
    secret_key: SecretKeys = ()
    """Newest first: the first signs and seals, each verifies and opens."""
    public_url: OwnAddress | None = None
    allowed_hosts: HostNames = ()
    cors_origins: Origins = ()
    space_host: str | None = Field(None, validation_alias="SPACE_HOST")
    oauth_client_id: str | None = Field(None, validation_alias="OAUTH_CLIENT_ID")
    oauth_client_secret: SecretStr | None = Field(None, validation_alias="OAUTH_CLIENT_SECRET")
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr | None = None
    server_name: str = Field("127.0.0.1", validation_alias="GRADIO_SERVER_NAME")
    server_port: int = Field(7860, ge=0, le=65535, validation_alias="GRADIO_SERVER_PORT")
    forwarded_allow_ips: str = Field(PRIVATE_NETWORKS, validation_alias="FORWARDED_ALLOW_IPS")
    root_path: RootPath = Field("", validation_alias="GRADIO_ROOT_PATH")

    def key(self, variables: tuple[str, ...]) -> str | None:
        """The provider key that one of these variables holds."""
        names = (name for name, known in VARIABLES.items() if variables[0] in known)
        secret: SecretStr | None = getattr(self, next(names, ""), None)
        return secret.get_secret_value().strip() or None if secret else None

    @property
    def guest_budget_usd_day(self) -> float | None:
        """What each guest may spend a day: what is set, else a tenth of the public budget."""
        public = self.public_budget_usd_day
        return self.visitor_budget_usd_day or (None if public is None else round(public / 10, 6))

    @property
    def demo(self) -> bool:
        """Whether the sandbox stands in for every provider."""
        keys = (self.gemini_api_key, self.bfl_api_key, self.fal_key)
        return self.sandbox == "on" or (self.sandbox == "auto" and not any(keys))

    @property
    def public(self) -> bool:
        """Whether strangers may reach the studio: on a Space, or where it listens on, or is addressed by,
        anything but this machine's own names."""
        addressed = [httpx.URL(url).host for url in (self.public_url, self.root_path) if url and _is_web(url)]
        return bool(self.space_id) or not all(is_loopback(host) for host in (self.server_name, *addressed))

    @property
    def rate(self) -> int | None:
        """Requests a minute that each visitor may make; None where there is no limit."""
        return self._strict(self.requests_per_minute, PUBLIC_RATE)

    @property
    def most_jobs_at_once(self) -> int | None:
        """Jobs that each visitor may have under way; None where there is no limit."""
        return self._strict(self.jobs_at_once, PUBLIC_JOBS_AT_ONCE)

    @property
    def guest_quota_mb(self) -> float | None:
        """What pictures of a visitor whom the host did not choose may take; None where there is no limit."""
        return self._strict(self.visitor_quota_mb, PUBLIC_VISITOR_QUOTA_MB)

    def _strict(self, value: Limit | None, in_public: Limit) -> Limit | None:
        """A limit that holds by itself where strangers come; 0 lifts it."""
        return (in_public if self.public else None) if value is None else value or None

    @property
    def logins(self) -> bool:
        """Whether visitors may log in with Hugging Face: on a Space whose front matter says hf_oauth."""
        return bool(self.space_id and self.oauth_client_id and self.oauth_client_secret)

    @property
    def prefix(self) -> str:
        """The path that the studio is served under, such as `/studio`; empty where the host is its own."""
        paths = (_path_of(self.public_url or ""), _path_of(self.root_path))
        return next(filter(None, paths), "")

    @property
    def public_address(self) -> str | None:
        """What visitors' browsers reach the studio by, prefix and all; None where nothing says so."""
        told = self.public_url or (self.root_path if _is_web(self.root_path) else "")
        return told.removesuffix(_path_of(told)) + self.prefix if told else None

    @property
    def origin(self) -> str:
        """What absolute addresses begin with where no request tells."""
        host = self.server_name.strip("[]")
        here = f"[{host}]" if ":" in host else host
        return self.public_address or f"http://{here}:{self.server_port}{self.prefix}"

    def base_url(self, provider: str, default: str) -> str:
        """Where a provider is called: the setting, or the vendor's own origin."""
        name = "hf" if provider == "huggingface" else provider
        chosen: str | None = getattr(self, f"{name}_base_url", None)
        return chosen or default


def _variables(name: str) -> tuple[str, ...]:
    match Settings.model_fields[name].validation_alias:
        case AliasChoices(choices=choices):
            return tuple(map(str, choices))
        case str(alias):
            return (alias,)
    return (f"{PREFIX}{name.upper()}",)


VARIABLES: Mapping[str, tuple[str, ...]] = {name: _variables(name) for name in Settings.model_fields}
"""The variables that each setting is read from; the first that is set wins."""


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _path_of(address: str) -> str:
    """The path of an own address, or of a path; without a slash at the end."""
    return (httpx.URL(address).path if _is_web(address) else address).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host, by its name alone, is this machine itself."""
    name = host.strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment. `overrides` are by variable name, for tests. Raises `SettingsError`."""
    by_field = {PREFIX + name.upper(): name for name in Settings.model_fields}
    try:
        return Settings(**{by_field.get(name, name): value for name, value in (overrides or {}).items()})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0])
        variable = VARIABLES.get(name, (name,))[0]
        raise SettingsError(f"{variable}: {first['msg'].removeprefix('Value error, ')}") from None


def keep_temporary_files(data_dir: Path) -> None:
    """Let files without a name, as large bodies are while they come, lie with the data, unless TMPDIR says
    where: the machine's temporary folder may be memory, and small. For the whole process. Blocking."""
    if not os.environ.get("TMPDIR"):
        folder = data_dir.absolute() / "temporary"
        with suppress(OSError):  # no folder, or no room: then as ever
            folder.mkdir(PRIVATE, exist_ok=True)
            tempfile.tempdir = str(folder)


def prepare_gradio(data_dir: Path) -> None:
    """Set what Gradio reads from the environment at its import, where nobody has set it."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    # Uploads lie with the data: the machine's temporary folder may be memory, or somebody else's.
    # Gradio tells callers the paths of their files: by another name, where the data lies is not among it.
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = str(neutral_name(data_dir.absolute() / "gradio"))
