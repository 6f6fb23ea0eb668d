"""Everything that an installation may choose, as one frozen value that is handed around.

Only entry points call `Settings.from_environment`; nothing else in Milepost looks at the environment, which is why a
construction by itself does not (`settings_customise_sources`). A field is the variable `MILEPOST_<FIELD>`; the string
under it is its documentation. Units are in the names: `_s` whole seconds, `_port` a TCP port.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from runtime.access_settings import AccessSettings
from runtime.governance_settings import GovernanceSettings
from runtime.setting_problems import complaint, not_known
from sla.errors import InvalidSetting

PREFIX = "MILEPOST_"
SECRET_PREFIX = "MILEPOST_SECRET_"  # noqa: S105 - the beginning of names, no secret
QUEUES = ("cases", "mail", "web", "desk")
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")

Count = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[int, Field(ge=1)]
Slots = Annotated[int, Field(ge=1, le=10_000)]

_DATABASES = (
    (re.compile(r"^postgres(ql)?(\+asyncpg)?://"), "postgresql+asyncpg://"),
    (re.compile(r"^sqlite://"), "sqlite://"),
)


class Settings(AccessSettings, GovernanceSettings):
    """What an installation has chosen; tests build it directly, entry points with `from_environment`.

    Secrets, and addresses that may hold one, are not in its repr.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )

    data_dir: Path = Path(".milepost")
    """Directory of all that Milepost keeps on this machine: the SQLite files and the caught mail."""
    database_url: str = Field(default_factory=lambda data: f"sqlite:///{data['data_dir']}/milepost.db", repr=False)
    """Database of records and the ledger: `postgresql://user:password@host/name`, or `sqlite:///file`.
    Default: the file `milepost.db` in the data directory."""
    secrets: Mapping[str, SecretStr] = Field(default_factory=dict, repr=False, exclude=True)
    """The secrets that process files name, such as a webhook's: `MILEPOST_SECRET_HELPDESK` is the secret `helpdesk`."""
    task_queue: str = "milepost"
    """First part of the names of the Temporal task queues, so that installations can share a namespace."""
    temporal: Mapping[str, str] | None = Field(default=None, repr=False, exclude=True)
    """Not a variable itself: the TEMPORAL_* variables (address, namespace, profile, API key, TLS) as
    Temporal's own tools read them. None means the local default, and that no configuration file is read."""
    default_business_hours: Annotated[str, Field(max_length=120)] = ""
    """Name of the business hours that count where nothing else names any; empty means 24/7."""
    base_url: str = "http://127.0.0.1:8080"
    """Address of this installation as people reach it; links in mails begin with it."""
    http_host: str = "127.0.0.1"
    """Address on which the API and the console listen."""
    http_port: Port = 8080
    """Port on which the API and the console listen; 0 takes a free one."""
    http_requests_per_minute: Annotated[int, Field(ge=0)] = 6000
    """Requests that one key may send to the API in a minute, a tenth of them at once; 0 means any number."""
    http_body_max_bytes: Annotated[int, Field(ge=1024)] = 1_048_576
    """Bytes that the body of a request to the API may have, and a line of a bulk intake."""
    http_intake_max_bytes: Annotated[int, Field(ge=1024)] = 16_777_216
    """Bytes that a bulk intake of events may have."""
    http_intake_parallel: Annotated[int, Field(ge=1, le=1000)] = 32
    """Records of a bulk intake that are told their events at the same time."""
    http_stream_max_s: Seconds = 3600
    """Seconds after which a stream of a record's timeline ends; whoever reads it asks again."""

    encryption_keys: SecretStr = SecretStr("")
    """Keys under which all that Temporal keeps is encrypted, as `id:key,id:key`: the first encrypts, all decrypt.
    Empty means no encryption."""
    encryption_keys_file: Path | None = None
    """A file with those keys instead, one on each line."""
    codec_tokens: SecretStr = SecretStr("")
    """Who may read encrypted payloads through `milepost codec serve`, as `name:token,name:token`."""
    codec_host: str = "127.0.0.1"
    """Address on which that codec server listens."""
    codec_port: Port = 8081
    """Port on which it listens; 0 takes a free one."""
    codec_ui_origin: str = ""
    """Address of Temporal's pages as browsers see it, `https://temporal.example.com`; they alone may ask from a browser."""

    templates_dir: Path | None = None
    """Directory of the installation's own mail templates; one that bears the name of ours goes before it."""
    smtp_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """Mail server that e-mail is sent through."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 1025
    """Port of that mail server: usually 587 with starttls, 465 with tls. The default is the mail catcher's."""
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    """How the connection to the mail server is protected; `tls` means from the first byte."""
    smtp_username: str = ""
    """User name at the mail server; empty means no authentication."""
    smtp_password: SecretStr = SecretStr("")
    """Password at the mail server."""
    smtp_from: str = "Milepost <milepost@localhost>"
    """Sender of every e-mail: an address, or `Name <address>`."""
    smtp_timeout_s: Seconds = 30
    """Seconds that one exchange with the mail server may take."""
    webhook_timeout_s: Seconds = 10
    """Seconds that a webhook or a chat message may take to be accepted."""
    effect_retry_budget_s: Seconds = 86_400
    """Seconds for which a failing action is retried before it gives up (24 hours)."""

    max_processes: Count = 1000
    """Processes that the installation may hold."""
    max_milestones: Count = 10
    """Milestones in one process."""
    max_triggers: Count = 10
    """Warnings and violations of one milestone."""
    max_actions: Count = 40
    """Actions of one trigger."""

    log_format: Literal["json", "console"] = "console"
    """Log lines for machines (`json`) or for people (`console`)."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important log lines that are written."""
    metrics_host: str = "127.0.0.1"
    """Address on which figures and health are served."""
    metrics_port: Port = 0
    """Port of `/metrics` for Prometheus, and of `/live` and `/ready`; 0 means that none of them is served."""

    worker_queues: str = "cases,mail,web,desk"
    """Which of the four task queues a worker serves, so that some can decide and others send: a list with commas of `cases`
    (decisions), `mail`, `web` (webhooks and chat) and `desk` (reassignments and tasks). Together they must serve all."""
    build_id: Annotated[str, Field(max_length=100)] = ""
    """Version of this worker, such as a commit: with it, workers of two versions can run side by side, and a case stays with
    the one that began it until it is moved (`milepost deployment`). Empty: no versions; any worker takes any case."""
    graceful_shutdown_s: Annotated[int, Field(ge=0)] = 40
    """Seconds that a stopping worker gives to actions under way. Keep it above the mail and webhook timeouts:
    an exchange that is cut off is repeated elsewhere, although the other side may have accepted it."""
    worker_workflow_tasks: Annotated[int, Field(ge=2, le=10_000)] = 50
    """Cases that one worker may think about at the same time."""
    worker_cached_cases: Annotated[int, Field(ge=0)] = 1000
    """Cases that one worker keeps in memory."""
    worker_activities: Slots = 50
    """Actions that one worker may perform at the same time."""
    worker_local_activities: Slots = 50
    """Decisions that one worker may take at the same time."""

    temporal_port: Port = 7233
    """Port of the local Temporal server of `milepost dev`; 0 takes a free one."""
    ui_port: Port = 8233
    """Port of that server's web pages; 0 takes a free one."""
    mail_port: Port = 1025
    """Port of the local mail catcher of `milepost dev`; 0 takes a free one."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed over: a plain `Settings(…)` must not read the environment."""
        return (init_settings,)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings in the environment (default: the process's own); an empty value means the default.

        Raises `InvalidSetting`, naming the variable, for a bad value and for a `MILEPOST_*` that does not exist.
        """
        given = os.environ if environ is None else environ
        for variable in sorted(name for name in given if name.startswith(PREFIX)):
            if variable not in variables() and not variable.startswith(SECRET_PREFIX):
                raise InvalidSetting(setting=variable, problem=not_known(variable, list(variables()), PREFIX))
        source = EnvSettingsSource(cls, case_sensitive=False, env_prefix=PREFIX, env_ignore_empty=True)
        source.env_vars = {name.lower(): value for name, value in given.items() if name in variables() and value}
        temporal = {name: value for name, value in given.items() if name.startswith("TEMPORAL_") and value}
        secrets = {
            name.removeprefix(SECRET_PREFIX).lower(): value
            for name, value in given.items()
            if name.startswith(SECRET_PREFIX) and value
        }
        return cls._checked({**_by_field(source()), "temporal": temporal, "secrets": secrets})

    def but(self, **changes: Any) -> Self:
        """These settings with some fields changed; raises `InvalidSetting` as for the environment."""
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        return self._checked({**kept, **changes})

    @classmethod
    def _checked(cls, values: dict[str, Any]) -> Self:
        try:
            return cls(**values)
        except ValidationError as error:
            raise _refusal(error.errors(include_url=False)[0]) from None

    @field_validator("task_queue")
    @classmethod
    def _a_plain_name(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
            raise ValueError("must be 1 to 100 letters, digits, dots, dashes or underscores")
        return name

    @field_validator("worker_queues")
    @classmethod
    def _known_queues(cls, queues: str) -> str:
        named = [queue.strip() for queue in queues.split(",")]
        if not set(named) <= set(QUEUES) or len(set(named)) < len(named):
            raise ValueError(f"must name some of {', '.join(QUEUES)}, each once, with commas between them")
        return ",".join(named)

    @field_validator("smtp_from")
    @classmethod
    def _a_sender(cls, sender: str) -> str:
        if not re.fullmatch(r"[^\r\n<>@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+", sender):
            raise ValueError("must be an address, or a name and an address: Support <support@example.com>")
        return sender

    @field_validator("database_url")
    @classmethod
    def _with_our_driver(cls, url: str) -> str:
        for pattern, ours in _DATABASES:
            if pattern.match(url):
                # libpq's spelling, which hosting providers hand out, is unknown to asyncpg
                return re.sub(r"([?&])sslmode=", r"\1ssl=", pattern.sub(ours, url, count=1))
        raise ValueError("must begin with postgresql:// or sqlite://")

    @field_validator("base_url")
    @classmethod
    def _a_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be a web address such as https://milepost.example.com")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        if self.smtp_username and self.smtp_security == "none" and self.smtp_host not in _THIS_MACHINE:
            raise PydanticCustomError(
                "password_in_the_clear",
                "'none' would send the password in the clear; choose starttls or tls",
                {"field": "smtp_security"},
            )
        return self


def variables() -> dict[str, str]:
    """The environment variables that exist, each with its field; documentation is made from them."""
    return {variable_of(name): name for name, field in Settings.model_fields.items() if not field.exclude}


def _by_field(found: Mapping[str, Any]) -> dict[str, Any]:
    """What pydantic-settings found, by field name however it spells the keys."""
    return {name.lower().removeprefix(PREFIX.lower()): value for name, value in found.items()}


def variable_of(field: str) -> str:
    """The environment variable of a field: `smtp_host` is `MILEPOST_SMTP_HOST`."""
    return PREFIX + field.upper()


def _refusal(first: ErrorDetails) -> InvalidSetting:
    field, problem = complaint(first)
    return InvalidSetting(setting=variable_of(field), problem=problem)
