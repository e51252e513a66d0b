"""Every knob: typed, described, frozen, read once from the environment (and a .env file)."""

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tidings.errors import SettingsError

__all__ = ["Settings", "read_settings"]


MIN_SECRET = 16


class Settings(BaseSettings):
    """The settings of one installation. Every field is the environment variable TIDINGS_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="TIDINGS_", env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    database_url: Annotated[
        str | None,
        Field(description="mongodb://…/name or memory://; unset, `tidings serve` starts a mongod of its own"),
    ] = None
    data_dir: Annotated[Path, Field(description="Folder of the embedded database and the generated secret")] = Path(
        "var"
    )
    secret_key: Annotated[
        str | None,
        Field(description="Signs cookies. A comma list rotates: the first signs, all are accepted", repr=False),
    ] = None
    base_url: Annotated[
        str | None,
        Field(description="Where the site is, for every absolute link: https://example.org. Unset: development"),
    ] = None
    mail_url: Annotated[
        str,
        Field(
            description="console://, smtp://user:password@host:587 or file:///folder (one .eml per letter)",
            repr=False,
        ),
    ] = "console://"
    admin_email: Annotated[
        str | None,
        Field(description="Who confirms this address becomes Administrator; errors in production are mailed here"),
    ] = None
    registration: Annotated[Literal["open", "closed"], Field(description="Whether strangers may sign up")] = "open"
    site_name: Annotated[str, Field(min_length=1, max_length=60, description="What this site is called")] = "Tidings"
    trusted_proxies: Annotated[
        int, Field(ge=0, le=10, description="How many proxies stand in front and append to X-Forwarded-*")
    ] = 0
    rate_limits: Annotated[
        Literal["on", "off"], Field(description="off switches every throttle off, for load tests")
    ] = "on"
    slow_query_ms: Annotated[
        int, Field(ge=0, description="Database queries slower than this many milliseconds are logged")
    ] = 500
    log_format: Annotated[Literal["text", "json"], Field(description="How log lines look")] = "text"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Field(description="How much is logged")] = "info"

    @field_validator("database_url", "secret_key", "base_url", "admin_email", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in ("mongodb", "mongodb+srv", "memory"):
            raise ValueError("must start with mongodb:// or memory://")
        return value

    @field_validator("base_url")
    @classmethod
    def _origin_only(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must be scheme and host alone, such as https://example.org")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def production(self) -> bool:
        """Whether the site is meant for the world: its base URL is https."""
        return self.base_url is not None and self.base_url.startswith("https://")

    @property
    def secret_keys(self) -> list[str]:
        """The keys of TIDINGS_SECRET_KEY, the one that signs first."""
        return [key.strip() for key in (self.secret_key or "").split(",") if key.strip()]

    @property
    def in_memory(self) -> bool:
        """Whether nothing is kept: memory:// lives and dies with its one process."""
        return self.database_url is not None and urlsplit(self.database_url).scheme == "memory"

    def check(self) -> None:
        """Raise SettingsError for settings that are right one by one, but together not fit to serve with."""
        if self.database_url is not None and not self.in_memory and not self.secret_keys:
            raise SettingsError(
                "Set TIDINGS_SECRET_KEY to a long random text, the same for every process; for example the output of: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        if not self.production:
            return
        if self.in_memory:
            raise SettingsError(
                "A site for the world (TIDINGS_BASE_URL is https) cannot live in memory://, where nothing is kept: "
                "set TIDINGS_DATABASE_URL to a MongoDB replica set, or leave it unset for the embedded one."
            )
        if any(len(key) < MIN_SECRET for key in self.secret_keys):
            raise SettingsError(f"TIDINGS_SECRET_KEY is no secret: use at least {MIN_SECRET} random characters.")

    def origin(self, host: str) -> str | None:
        """The site's own origin for a request with this Host header, or None where the header is not to be believed.

        Without a base URL only localhost and IP literals are believed: a name could be anybody's.
        """
        if self.base_url is not None:
            return self.base_url
        try:
            name = urlsplit(f"//{host}").hostname or ""
            if name != "localhost":
                ipaddress.ip_address(name)
        except ValueError:
            return None
        return f"http://{host}".lower()


def read_settings(**values: Any) -> Settings:
    """The settings of the environment, with `values` over them; SettingsError names what is wrong and how."""
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [
            f"TIDINGS_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise SettingsError("Some settings are wrong.\n" + "\n".join(lines)) from error
