"""Settings from the environment: the only reader of `os.environ`.

What belongs to one installation's secrets and addresses is here; what a team decides (services,
people, approvals) is in the configuration file that `SIGNALBOX_CONFIG` names.
"""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.errors import SignalboxError

_TOKEN = 32


class SlackMode(StrEnum):
    """How Slack's requests arrive: on a public HTTP endpoint, or over a websocket that we open."""

    HTTP = "http"
    SOCKET = "socket"


class LogFormat(StrEnum):
    """One JSON object a line for machines, or readable lines for people."""

    JSON = "json"
    TEXT = "text"


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _loopback_or_tls(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return url
    raise ValueError("must start with https:// (plain http:// is allowed to this machine only)")


def _loopback_endpoint(endpoint: str) -> str:
    host, _, port = endpoint.rpartition(":")
    if port.isdigit() and is_loopback(host.strip("[]")):
        return endpoint
    raise ValueError("must be host:port of this machine, such as 127.0.0.1:8090")


SafeUrl = Annotated[str, AfterValidator(_loopback_or_tls)]
LocalEndpoint = Annotated[str, AfterValidator(_loopback_endpoint)]


class Settings(BaseSettings):
    """Every environment variable that Signalbox reads."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    slack_bot_token: SecretStr
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_mode: SlackMode = SlackMode.HTTP
    slack_api_url: SafeUrl = "https://slack.com/api/"
    redis_url: SecretStr
    host: str = "0.0.0.0"  # noqa: S104 - a server in a container listens on all of its interfaces
    port: int = Field(default=8080, ge=0, le=65535)
    config: Path = Field(default=Path("signalbox.yaml"), validation_alias="SIGNALBOX_CONFIG")
    # A folder of Markdown files; without it incidents have no runbooks to bring in.
    runbooks: Path | None = Field(default=None, validation_alias="SIGNALBOX_RUNBOOKS")
    command_deploy: str = Field(default="/deploy", validation_alias="SIGNALBOX_COMMAND_DEPLOY")
    command_rollback: str = Field(
        default="/rollback", validation_alias="SIGNALBOX_COMMAND_ROLLBACK"
    )
    command_status: str = Field(default="/svc-status", validation_alias="SIGNALBOX_COMMAND_STATUS")
    command_incident: str = Field(
        default="/incident", validation_alias="SIGNALBOX_COMMAND_INCIDENT"
    )
    gcp_endpoint_run: LocalEndpoint | None = Field(
        default=None, validation_alias="SIGNALBOX_GCP_ENDPOINT_RUN"
    )
    gcp_endpoint_monitoring: LocalEndpoint | None = Field(
        default=None, validation_alias="SIGNALBOX_GCP_ENDPOINT_MONITORING"
    )
    gcp_endpoint_registry: SafeUrl | None = Field(
        default=None, validation_alias="SIGNALBOX_GCP_ENDPOINT_REGISTRY"
    )
    gcp_endpoint_sql: SafeUrl | None = Field(
        default=None, validation_alias="SIGNALBOX_GCP_ENDPOINT_SQL"
    )
    # Pages go to PagerDuty as well when there is a key: that of an Events API v2 integration.
    pagerduty_routing_key: SecretStr | None = None
    pagerduty_url: SafeUrl = Field(
        default="https://events.pagerduty.com", validation_alias="SIGNALBOX_PAGERDUTY_URL"
    )
    allow_volatile_redis: bool = Field(
        default=False, validation_alias="SIGNALBOX_ALLOW_VOLATILE_REDIS"
    )
    # Seconds between two looks at a running operation; Google's quota allows far more.
    poll_seconds: float = Field(default=3.0, gt=0, validation_alias="SIGNALBOX_POLL_SECONDS")
    # Seconds between two points of a chart, at least; Cloud Monitoring keeps one a minute.
    metric_seconds: float = Field(default=60.0, gt=0, validation_alias="SIGNALBOX_METRIC_SECONDS")
    # Seconds after which what a dead worker was at is taken over; renewed while it is alive.
    lease_seconds: float = Field(default=30.0, ge=1, validation_alias="SIGNALBOX_LEASE_SECONDS")
    # Days for which the audit log is kept: the year that most auditors ask for, and some weeks.
    audit_days: int = Field(default=400, ge=1, le=36_500, validation_alias="SIGNALBOX_AUDIT_DAYS")
    # What requests of the HTTP API have to carry; without it there is no such API.
    api_token: SecretStr | None = Field(default=None, validation_alias="SIGNALBOX_API_TOKEN")
    log: LogFormat = Field(default=LogFormat.JSON, validation_alias="SIGNALBOX_LOG")
    log_level: str = Field(default="INFO", validation_alias="SIGNALBOX_LOG_LEVEL")
    otel: bool = Field(default=False, validation_alias="SIGNALBOX_OTEL")

    @model_validator(mode="after")
    def _token_cannot_be_guessed(self) -> "Settings":
        # A decision of this project: as many characters as a random token of 16 bytes in hex.
        if self.api_token is not None and len(self.api_token.get_secret_value()) < _TOKEN:
            raise ValueError(f"SIGNALBOX_API_TOKEN needs {_TOKEN} characters at least")
        return self

    @model_validator(mode="after")
    def _mode_has_its_secret(self) -> "Settings":
        if self.slack_mode is SlackMode.HTTP and self.slack_signing_secret is None:
            raise ValueError("SLACK_SIGNING_SECRET is needed when SLACK_MODE is http")
        if self.slack_mode is SlackMode.SOCKET and self.slack_app_token is None:
            raise ValueError("SLACK_APP_TOKEN (xapp-…) is needed when SLACK_MODE is socket")
        return self


class _Runbooks(BaseSettings):
    """The one setting that a check of files needs."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    runbooks: Path | None = Field(default=None, validation_alias="SIGNALBOX_RUNBOOKS")


def runbooks_folder() -> Path | None:
    """The folder of runbooks, if one is set; nothing else has to be."""
    return _Runbooks().runbooks


def read_settings() -> Settings:
    """The settings. Raises `SignalboxError` naming each variable that is missing or wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = []
        for problem in error.errors():
            name = str(problem["loc"][0]).upper() if problem["loc"] else ""
            says = problem["msg"].removeprefix("Value error, ")
            missing = problem["type"] == "missing"
            wrong.append(f"{name} is not set" if missing else f"{name} {says}".strip())
        raise SignalboxError("the environment is not complete:\n  " + "\n  ".join(wrong)) from error
