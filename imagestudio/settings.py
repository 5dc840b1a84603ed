"""The settings, read once and only here. README.md lists them; a test holds the two together."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsError(Exception):
    """A setting is wrong. The message is one line that names it."""


def _env(*names: str) -> Any:
    return AliasChoices(*names)


class Settings(BaseSettings):
    """Everything that the environment decides. An empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    gemini_api_key: SecretStr | None = Field(None, validation_alias=_env("GEMINI_API_KEY", "GOOGLE_API_KEY"))
    bfl_api_key: SecretStr | None = Field(None, validation_alias=_env("BFL_API_KEY"))
    fal_key: SecretStr | None = Field(None, validation_alias=_env("FAL_KEY"))
    sandbox: Literal["auto", "on", "off"] = Field("auto", validation_alias=_env("IMAGESTUDIO_SANDBOX"))
    google_base_url: str | None = Field(None, validation_alias=_env("IMAGESTUDIO_GOOGLE_BASE_URL"))
    bfl_base_url: str | None = Field(None, validation_alias=_env("IMAGESTUDIO_BFL_BASE_URL"))
    fal_base_url: str | None = Field(None, validation_alias=_env("IMAGESTUDIO_FAL_BASE_URL"))
    imagen_route: Literal["successor", "imagen"] = Field(
        "successor", validation_alias=_env("IMAGESTUDIO_IMAGEN_ROUTE")
    )
    data_dir: Path = Field(Path("data"), validation_alias=_env("IMAGESTUDIO_DATA_DIR"))
    database_url: str | None = Field(None, validation_alias=_env("IMAGESTUDIO_DATABASE_URL"))
    blobs_url: str | None = Field(None, validation_alias=_env("IMAGESTUDIO_BLOBS_URL"))
    sync_timeout_s: float = Field(120, ge=0, validation_alias=_env("IMAGESTUDIO_SYNC_TIMEOUT_S"))
    job_timeout_s: float = Field(900, gt=0, validation_alias=_env("IMAGESTUDIO_JOB_TIMEOUT_S"))
    budget_usd_day: float | None = Field(None, ge=0, validation_alias=_env("IMAGESTUDIO_BUDGET_USD_DAY"))
    budget_usd_month: float | None = Field(None, ge=0, validation_alias=_env("IMAGESTUDIO_BUDGET_USD_MONTH"))
    webhook_secret: SecretStr | None = Field(None, validation_alias=_env("IMAGESTUDIO_WEBHOOK_SECRET"))
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), validation_alias=_env("IMAGESTUDIO_API_KEYS")
    )
    public_url: str | None = Field(None, validation_alias=_env("IMAGESTUDIO_PUBLIC_URL"))
    server_name: str = Field("127.0.0.1", validation_alias=_env("GRADIO_SERVER_NAME"))
    server_port: int = Field(7860, ge=0, le=65535, validation_alias=_env("GRADIO_SERVER_PORT"))
    root_path: str = Field("", validation_alias=_env("GRADIO_ROOT_PATH"))

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(key.strip() for key in value.split(",") if key.strip())
        return value

    @field_validator("gemini_api_key", "bfl_api_key", "fal_key")
    @classmethod
    def _printable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not (value.get_secret_value().strip().isascii()):
            raise ValueError("a key is plain ASCII; this one holds other characters")
        return value

    @field_validator("google_base_url", "bfl_base_url", "fal_base_url", "public_url")
    @classmethod
    def _web_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = httpx.URL(value)
        if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment or url.userinfo:
            raise ValueError("must be an http(s) origin with an optional path, such as https://example.com/x")
        return value.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _signing_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_signing_key(value.get_secret_value()):
            raise ValueError("must be whsec_ and 24 to 64 bytes in base64")
        return value

    @field_validator("database_url")
    @classmethod
    def _sqlite(cls, value: str | None) -> str | None:
        # Earlier versions took the first form only.
        if value is not None and not value.startswith(("sqlite+aiosqlite:///", "sqlite:///")):
            raise ValueError("this version takes sqlite:///PATH only")
        return value

    @field_validator("blobs_url")
    @classmethod
    def _no_blobs(cls, value: str | None) -> str | None:
        if value is not None:
            raise ValueError("this version keeps pictures in IMAGESTUDIO_DATA_DIR only; leave it unset")
        return value

    def key(self, variables: tuple[str, ...]) -> str | None:
        """The provider key that one of these variables holds."""
        for name, info in type(self).model_fields.items():
            alias = info.validation_alias
            if isinstance(alias, AliasChoices) and variables[0] in alias.choices:
                secret: SecretStr | None = getattr(self, name)
                return secret.get_secret_value().strip() or None if secret else None
        return None

    @property
    def demo(self) -> bool:
        """Whether the sandbox stands in for every provider."""
        keys = (self.gemini_api_key, self.bfl_api_key, self.fal_key)
        return self.sandbox == "on" or (self.sandbox == "auto" and not any(keys))

    @property
    def origin(self) -> str:
        """What absolute addresses begin with where no request tells."""
        prefix = self.root_path.rstrip("/")
        if not prefix.startswith(("http://", "https://")):
            prefix = f"http://{self.server_name}:{self.server_port}{prefix}"
        return self.public_url or prefix

    def base_url(self, provider: str, default: str) -> str:
        """Where a provider is called: the setting, or the vendor's own origin."""
        chosen: str | None = getattr(self, f"{provider}_base_url", None)
        return chosen or default


def _is_signing_key(text: str) -> bool:
    # www.standardwebhooks.com asks for keys of this length.
    prefix, _, key = text.strip().partition("_")
    try:
        return prefix == "whsec" and 24 <= len(base64.b64decode(key, validate=True)) <= 64
    except ValueError:
        return False


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment. `overrides` are by variable name, for tests. Raises `SettingsError`."""
    try:
        return Settings(**dict(overrides or {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        variable = str(first["loc"][0])
        raise SettingsError(f"{variable}: {first['msg'].removeprefix('Value error, ')}") from None
