"""Settings from the environment or `.env`. Each is explained here, and in `.env.example`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import StartError


class Settings(BaseSettings):
    """What a self-hoster chooses. An empty value counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    database_url: str = Field(
        default="sqlite:///data/community-os.db",
        description="Where everything is kept. A file by default. PostgreSQL for large "
        "communities: postgresql://user:password@host/name",
    )
    content_dir: Path | None = Field(
        default=None,
        description="A folder of your own words, laid over ours file by file. See docs/content.md.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    discord_token: SecretStr | None = Field(
        default=None, description="The bot token, from the Discord developer portal, page Bot."
    )
    discord_api_url: str | None = Field(
        default=None, description="Only for a REST proxy or a stand-in: its address, with version."
    )
    discord_gateway_url: str | None = Field(
        default=None, description="Only for a gateway proxy or a stand-in: its address."
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, description="Starts with xoxb-, from the app's page OAuth & Permissions."
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="Starts with xapp-, with the scope connections:write. For Socket Mode, the "
        "default: no public address is needed.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="Only for HTTP mode, in place of the app token: on the page Basic Information.",
    )
    slack_port: int = Field(
        default=3000, ge=1, le=65535, description="Only for HTTP mode: the port to listen on."
    )
    slack_api_url: str | None = Field(
        default=None, description="Only for a proxy or a stand-in: the Web API's address."
    )

    web_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="A port for the calendar feed and a health page. None is opened without it.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Where people reach that port from outside, such as https://bot.example.org. "
        "With it `/events` offers the calendar feed.",
    )

    @property
    def async_database_url(self) -> str:
        """The same database, with the asynchronous driver named."""
        scheme, _, rest = self.database_url.partition("://")
        driver = {
            "sqlite": "sqlite+aiosqlite",
            "postgres": "postgresql+asyncpg",
            "postgresql": "postgresql+asyncpg",
        }.get(scheme, scheme)
        return f"{driver}://{rest}"


def load_settings(**overrides: object) -> Settings:
    """Read the settings. Raises StartError that names each setting at fault, never its value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(
            f"{str(each['loc'][0]).upper()}: {each['msg'].lower()}" for each in error.errors()
        )
        raise StartError(f"A setting can't be read. {faults}. Look at .env.example.") from None
