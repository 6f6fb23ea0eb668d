"""What an installation may choose, and how a bad choice is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.settings import Settings, variables
from sla.errors import InvalidSetting


def test_without_a_word_in_the_environment_the_defaults_of_the_specification_hold() -> None:
    settings = Settings.from_environment({})
    limits = (settings.max_processes, settings.max_milestones, settings.max_triggers, settings.max_actions)
    assert limits == (1000, 10, 10, 40)
    assert settings.effect_retry_budget_s == 24 * 3600
    assert settings.default_business_hours == ""


def test_the_process_environment_is_read_only_by_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_TASK_QUEUE", "theirs")
    assert Settings().task_queue == "milepost"
    assert Settings().but(smtp_port=25).task_queue == "milepost"
    assert Settings.from_environment().task_queue == "theirs"


def test_an_empty_variable_means_the_default() -> None:
    assert Settings.from_environment({"MILEPOST_SMTP_PORT": ""}).smtp_port == 1025


def test_the_database_is_a_file_in_the_data_directory_unless_another_is_named() -> None:
    assert Settings(data_dir=Path("/srv/m")).database_url == "sqlite:////srv/m/milepost.db"
    moved = Settings().but(data_dir=Path("elsewhere"))
    assert moved.database_url == "sqlite:///elsewhere/milepost.db"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/m", "postgresql+asyncpg://u:p@db/m"),
        ("postgres://db/m?sslmode=require", "postgresql+asyncpg://db/m?ssl=require"),
        ("postgresql+asyncpg://db/m", "postgresql+asyncpg://db/m"),
        ("sqlite:///m.db", "sqlite:///m.db"),
    ],
)
def test_a_database_address_is_taken_as_hosts_hand_it_out(given: str, used: str) -> None:
    assert Settings.from_environment({"MILEPOST_DATABASE_URL": given}).database_url == used


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("MILEPOST_SMTP_PORT", "many", "must be a whole number."),
        ("MILEPOST_SMTP_PORT", "0", "must be at least 1."),
        ("MILEPOST_UI_PORT", "70000", "must be at most 65535."),
        ("MILEPOST_SMTP_SECURITY", "ssl", "must be 'none', 'starttls' or 'tls'."),
        ("MILEPOST_LOG_LEVEL", "loud", "must be 'debug', 'info', 'warning' or 'error'."),
        ("MILEPOST_LOG_FORMAT", "xml", "must be 'json' or 'console'."),
        ("MILEPOST_SMTP_FROM", "nobody", "must be an address, or a name and an address"),
        (
            "MILEPOST_SMTP_FROM",
            "a@b.example\nBcc: c@d.example",
            "must be an address, or a name and an address",
        ),
        (
            "MILEPOST_TASK_QUEUE",
            "two words",
            "must be 1 to 100 letters, digits, dots, dashes or underscores.",
        ),
        ("MILEPOST_DATABASE_URL", "mysql://u:hunter2@db/m", "must begin with postgresql:// or sqlite://."),
        ("MILEPOST_BASE_URL", "milepost.example.com", "must be a web address"),
        ("MILEPOST_DEFAULT_BUSINESS_HOURS", "x" * 121, "must have at most 120 characters."),
        ("MILEPOST_EFFECT_RETRY_BUDGET_S", "24h", "must be a whole number."),
        ("MILEPOST_MAX_ACTIONS", "-1", "must be at least 1."),
        ("MILEPOST_WORKER_QUEUES", "cases,post", "must name some of cases, mail, web, desk, each once"),
        ("MILEPOST_WORKER_QUEUES", "mail,mail", "must name some of cases, mail, web, desk, each once"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_that_names_the_variable(variable: str, value: str, problem: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Settings.from_environment({variable: value})
    assert str(refused.value).startswith(f"Setting {variable}: {problem}")
    assert refused.value.facts["setting"] == variable
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "problem"),
    [
        ("MILEPOST_SMTP_PROT", "there is no such setting; did you mean MILEPOST_SMTP_PORT?"),
        ("MILEPOST_QQQ", "there is no such setting."),
        ("MILEPOST_TEMPORAL", "there is no such setting; did you mean MILEPOST_TEMPORAL_PORT?"),
    ],
)
def test_a_variable_that_does_not_exist_is_refused_with_the_nearest_that_does(variable: str, problem: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Settings.from_environment({variable: "1"})
    assert refused.value.facts == {"setting": variable, "problem": problem}


def test_a_password_is_not_sent_in_the_clear_to_another_machine() -> None:
    far = {"MILEPOST_SMTP_USERNAME": "m", "MILEPOST_SMTP_HOST": "mx.example.com"}
    with pytest.raises(InvalidSetting, match="MILEPOST_SMTP_SECURITY: 'none' would send the password"):
        Settings.from_environment(far)
    assert Settings.from_environment({**far, "MILEPOST_SMTP_SECURITY": "starttls"}).smtp_host == "mx.example.com"
    assert Settings(smtp_username="m", smtp_host="localhost").smtp_security == "none"


def test_a_change_is_checked_as_the_environment_is() -> None:
    with pytest.raises(InvalidSetting, match="MILEPOST_HTTP_PORT: must be at most 65535"):
        Settings().but(http_port=65_536)


def test_no_secret_is_in_the_text_of_settings() -> None:
    settings = Settings.from_environment(
        {
            "MILEPOST_SMTP_PASSWORD": "hunter2",
            "MILEPOST_DATABASE_URL": "postgresql://u:hunter2@db/m",
            "TEMPORAL_API_KEY": "hunter2",
        }
    )
    assert settings.smtp_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) + str(settings) + str(settings.model_dump(exclude={"database_url"}))


def test_settings_do_not_change_under_those_who_hold_them() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().task_queue = "other"  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undescribed == []
    assert variables()["MILEPOST_SMTP_HOST"] == "smtp_host"
    assert "MILEPOST_TEMPORAL" not in variables()
