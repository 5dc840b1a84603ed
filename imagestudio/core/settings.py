"""The settings, read once and only here. docs/settings.md lists them; a test holds the two together."""

import base64
import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import httpx
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from imagestudio.core.data_dir import default_folder

SECRET_KEY_LENGTH = 32
"""Characters at least."""
HOST_NAME = re.compile(r"\*|(\*\.)?[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\]")
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


def _hard_to_guess(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SECRET_KEY_LENGTH:
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
SecretKey = Annotated[SecretStr, AfterValidator(_hard_to_guess)]
SigningKey = Annotated[SecretStr, AfterValidator(_signing_key)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SqliteUrl = Annotated[str, AfterValidator(_sqlite)]
BlobsUrl = Annotated[str, AfterValidator(_no_blobs)]


PUBLIC_RATE, PUBLIC_JOBS_AT_ONCE, PUBLIC_VISITOR_QUOTA_MB = 120, 8, 200.0
"""Limits on visitors where strangers come and nothing is set."""
Limit = TypeVar("Limit", int, float)
PRIVATE_NETWORKS = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,::1,fc00::/7"
"""Where proxies are. A stranger who comes from anywhere else says in vain who they are forwarded for."""


class SettingsError(Exception):
    """A setting is wrong. The message is one line that names it."""


def _env(*names: str) -> Any:
    return AliasChoices(*names)


class Settings(BaseSettings):
    """Everything that the environment decides. An empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    gemini_api_key: ProviderKey | None = Field(
        None, validation_alias=_env("GEMINI_API_KEY", "GOOGLE_API_KEY")
    )
    bfl_api_key: ProviderKey | None = Field(None, validation_alias=_env("BFL_API_KEY"))
    fal_key: ProviderKey | None = Field(None, validation_alias=_env("FAL_KEY"))
    sandbox: Literal["auto", "on", "off"] = Field("auto", validation_alias=_env("IMAGESTUDIO_SANDBOX"))
    google_base_url: WebAddress | None = Field(None, validation_alias=_env("IMAGESTUDIO_GOOGLE_BASE_URL"))
    bfl_base_url: WebAddress | None = Field(None, validation_alias=_env("IMAGESTUDIO_BFL_BASE_URL"))
    fal_base_url: WebAddress | None = Field(None, validation_alias=_env("IMAGESTUDIO_FAL_BASE_URL"))
    huggingface_base_url: WebAddress | None = Field(None, validation_alias=_env("IMAGESTUDIO_HF_BASE_URL"))
    imagen_route: Literal["successor", "imagen"] = Field(
        "successor", validation_alias=_env("IMAGESTUDIO_IMAGEN_ROUTE")
    )
    space_id: str | None = Field(None, validation_alias=_env("SPACE_ID"))
    data_dir: Path = Field(
        default_factory=lambda before: default_folder(bool(before.get("space_id"))),
        validation_alias=_env("IMAGESTUDIO_DATA_DIR"),
    )
    database_url: SqliteUrl | None = Field(None, validation_alias=_env("IMAGESTUDIO_DATABASE_URL"))
    blobs_url: BlobsUrl | None = Field(None, validation_alias=_env("IMAGESTUDIO_BLOBS_URL"))
    sync_timeout_s: float = Field(120, ge=0, validation_alias=_env("IMAGESTUDIO_SYNC_TIMEOUT_S"))
    job_timeout_s: float = Field(900, gt=0, validation_alias=_env("IMAGESTUDIO_JOB_TIMEOUT_S"))
    budget_usd_day: float | None = Field(None, ge=0, validation_alias=_env("IMAGESTUDIO_BUDGET_USD_DAY"))
    budget_usd_month: float | None = Field(None, ge=0, validation_alias=_env("IMAGESTUDIO_BUDGET_USD_MONTH"))
    public_budget_usd_day: float | None = Field(
        None, gt=0, validation_alias=_env("IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY")
    )
    visitor_budget_usd_day: float | None = Field(
        None, gt=0, validation_alias=_env("IMAGESTUDIO_VISITOR_BUDGET_USD_DAY")
    )
    hf_users: Names = Field((), validation_alias=_env("IMAGESTUDIO_HF_USERS"))
    requests_per_minute: int | None = Field(
        None, ge=0, validation_alias=_env("IMAGESTUDIO_REQUESTS_PER_MINUTE")
    )
    jobs_at_once: int | None = Field(None, ge=0, validation_alias=_env("IMAGESTUDIO_JOBS_AT_ONCE"))
    queue_jobs: int = Field(500, ge=1, validation_alias=_env("IMAGESTUDIO_QUEUE_JOBS"))
    max_megapixels: float = Field(40, gt=0, validation_alias=_env("IMAGESTUDIO_MAX_MEGAPIXELS"))
    keep_days: float | None = Field(None, gt=0, validation_alias=_env("IMAGESTUDIO_KEEP_DAYS"))
    disk_quota_mb: float | None = Field(None, gt=0, validation_alias=_env("IMAGESTUDIO_DISK_QUOTA_MB"))
    visitor_quota_mb: float | None = Field(None, ge=0, validation_alias=_env("IMAGESTUDIO_VISITOR_QUOTA_MB"))
    webhook_secret: SigningKey | None = Field(None, validation_alias=_env("IMAGESTUDIO_WEBHOOK_SECRET"))
    api_keys: ApiKeys = Field((), validation_alias=_env("IMAGESTUDIO_API_KEYS"))
    secret_key: SecretKey | None = Field(None, validation_alias=_env("IMAGESTUDIO_SECRET_KEY"))
    public_url: WebAddress | None = Field(None, validation_alias=_env("IMAGESTUDIO_PUBLIC_URL"))
    allowed_hosts: HostNames = Field((), validation_alias=_env("IMAGESTUDIO_ALLOWED_HOSTS"))
    cors_origins: Origins = Field((), validation_alias=_env("IMAGESTUDIO_CORS_ORIGINS"))
    space_host: str | None = Field(None, validation_alias=_env("SPACE_HOST"))
    oauth_client_id: str | None = Field(None, validation_alias=_env("OAUTH_CLIENT_ID"))
    oauth_client_secret: SecretStr | None = Field(None, validation_alias=_env("OAUTH_CLIENT_SECRET"))
    log_format: Literal["text", "json"] = Field("text", validation_alias=_env("IMAGESTUDIO_LOG_FORMAT"))
    metrics_token: SecretStr | None = Field(None, validation_alias=_env("IMAGESTUDIO_METRICS_TOKEN"))
    server_name: str = Field("127.0.0.1", validation_alias=_env("GRADIO_SERVER_NAME"))
    server_port: int = Field(7860, ge=0, le=65535, validation_alias=_env("GRADIO_SERVER_PORT"))
    forwarded_allow_ips: str = Field(PRIVATE_NETWORKS, validation_alias=_env("FORWARDED_ALLOW_IPS"))
    root_path: str = Field("", validation_alias=_env("GRADIO_ROOT_PATH"))

    def key(self, variables: tuple[str, ...]) -> str | None:
        """The provider key that one of these variables holds."""
        for name, info in type(self).model_fields.items():
            alias = info.validation_alias
            if isinstance(alias, AliasChoices) and variables[0] in alias.choices:
                secret: SecretStr | None = getattr(self, name)
                return secret.get_secret_value().strip() or None if secret else None
        return None

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
    def origin(self) -> str:
        """What absolute addresses begin with where no request tells."""
        prefix = self.root_path.rstrip("/")
        if not _is_web(prefix):
            prefix = f"http://{self.server_name}:{self.server_port}{prefix}"
        return self.public_url or prefix

    def base_url(self, provider: str, default: str) -> str:
        """Where a provider is called: the setting, or the vendor's own origin."""
        chosen: str | None = getattr(self, f"{provider}_base_url", None)
        return chosen or default


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def is_loopback(host: str) -> bool:
    """Whether a host, by its name alone, is this machine itself."""
    name = host.strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment. `overrides` are by variable name, for tests. Raises `SettingsError`."""
    try:
        return Settings(**dict(overrides or {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        variable = str(first["loc"][0])
        raise SettingsError(f"{variable}: {first['msg'].removeprefix('Value error, ')}") from None


def prepare_gradio(data_dir: Path) -> None:
    """Set what Gradio reads from the environment at its import, where nobody has set it."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    # Uploads lie with the data: the machine's temporary folder may be memory, or somebody else's.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(data_dir.absolute() / "gradio"))
