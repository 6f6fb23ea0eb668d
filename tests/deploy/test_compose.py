"""docker-compose.yml: what must be so whatever else is changed, read as YAML, and what the tool itself thinks of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.settings import SECRET_PREFIX, Settings, variables
from tests.deploy.files import DEPLOY, ROOT, compose, env_file, environment_of_image, instructions, services
from tests.deploy.tools import checked, tool

ONCE = {"postgres-archive", "temporal-schema", "temporal-namespace", "temporal-admin", "store"}
OURS = ("store", "worker", "api", "codec")
WITH_THE_STORE = ("store", "worker", "api")
LONG_RUNNING = sorted(set(services()) - ONCE)
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")

# What the template that is embedded in temporalio/server 1.32 reads, and its entry point, of what we set.
KNOWN_TO_TEMPORAL = {
    "BIND_ON_IP", "DB", "DB_PORT", "DBNAME", "DYNAMIC_CONFIG_FILE_PATH", "LOG_LEVEL", "NUM_HISTORY_SHARDS", "POSTGRES_PWD",
    "POSTGRES_SEEDS", "POSTGRES_USER", "PROMETHEUS_ENDPOINT", "SQL_MAX_CONNS", "TEMPORAL_BROADCAST_ADDRESS",
    "VISIBILITY_DBNAME",
}  # fmt: skip

every_service = pytest.mark.parametrize("name", sorted(services()))
long_running = pytest.mark.parametrize("name", LONG_RUNNING)


def seconds(duration: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([sm])", duration).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60}[unit]


@every_service
def test_every_image_is_pinned_to_a_release(name: str) -> None:
    tag = services()[name]["image"].rpartition(":")[2]
    assert re.match(r"v?\d+\.\d+|\$\{IMAGE_TAG:-\d+\.\d+\.\d+\}", services()[name]["image"].partition(":")[2]), tag


def test_temporals_images_are_of_one_release_and_the_retired_one_is_not_used() -> None:
    images = [service["image"] for service in services().values() if service["image"].startswith("temporalio/")]
    assert {image for image in images if "/ui:" not in image} == {
        "temporalio/server:1.32.0",
        "temporalio/admin-tools:1.32.0",
    }
    assert "auto-setup" not in TEXT


def test_history_shards_are_set_on_purpose() -> None:
    assert services()["temporal"]["environment"]["NUM_HISTORY_SHARDS"] == "512"


def test_temporal_is_told_nothing_that_it_does_not_know() -> None:
    assert set(services()["temporal"]["environment"]) <= KNOWN_TO_TEMPORAL


@every_service
def test_every_service_has_limits_a_log_that_rotates_and_no_needless_privilege(name: str) -> None:
    service = services()[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["logging"] == {"driver": "local"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@long_running
def test_what_runs_on_is_restarted_and_tells_whether_it_is_well(name: str) -> None:
    assert services()[name]["restart"] == "unless-stopped"
    has_own = any(word == "HEALTHCHECK" for word, _ in instructions())
    assert "healthcheck" in services()[name] or (name == "worker" and has_own) or name == "temporal-ui"


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_runs_once_is_not_restarted_when_it_is_done(name: str) -> None:
    assert services()[name]["restart"] in ("on-failure", "no")


def test_nobody_but_the_archives_owner_and_postgres_image_begins_as_root() -> None:
    assert {name for name, service in services().items() if service.get("user", "").startswith("root")} == {
        "postgres-archive"
    }
    assert {name for name, service in services().items() if "cap_add" in service} == {"postgres-archive", "postgres"}


@every_service
def test_ports_are_published_on_loopback_only(name: str) -> None:
    assert [port for port in services()[name].get("ports", []) if not port.startswith("127.0.0.1:")] == []


def test_the_database_is_reached_by_those_who_need_it_alone() -> None:
    assert "ports" not in services()["postgres"]
    on_it = {name for name, service in services().items() if "store" in service.get("networks", [])}
    assert on_it == {"postgres", "temporal-schema", "temporal", "store", "worker", "api"}
    assert compose()["networks"]["store"] == {"internal": True}


def test_each_waits_for_what_it_needs_to_be_well_or_done() -> None:
    waits = {
        name: {needed: how["condition"] for needed, how in service.get("depends_on", {}).items()}
        for name, service in services().items()
    }
    assert waits["temporal"] == {"temporal-schema": "service_completed_successfully"}
    assert (
        waits["api"]
        == waits["worker"]
        == {
            "store": "service_completed_successfully",
            "temporal-namespace": "service_completed_successfully",
        }
    )
    for needed in waits.values():
        for name, condition in needed.items():
            assert condition == ("service_completed_successfully" if name in ONCE else "service_healthy")


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_given_settings_that_exist(name: str) -> None:
    given = {*services()[name]["environment"], *env_file("milepost.example.env"), *environment_of_image()}
    ours = {variable for variable in given if variable.startswith("MILEPOST_")}
    assert ours <= set(variables())
    assert {variable for variable in given - ours if not variable.startswith("TEMPORAL_")} <= {
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
    }


@pytest.mark.parametrize("name", WITH_THE_STORE)
def test_the_settings_that_our_services_are_given_hold_together(name: str) -> None:
    given = {**environment_of_image(), **env_file("milepost.example.env"), **services()[name]["environment"]}
    given = {variable: re.sub(r"\$\{\w+:\?[^}]*\}", "secret", value) for variable, value in given.items()}
    settings = Settings.from_environment(given)
    assert settings.database_url == "postgresql+asyncpg://milepost:secret@postgres:5432/milepost"
    assert (settings.smtp_host, settings.metrics_host, settings.log_format) == ("mail", "0.0.0.0", "json")


def test_a_stopping_worker_is_given_longer_than_it_gives_itself() -> None:
    grace = int(env_file("milepost.example.env")["MILEPOST_GRACEFUL_SHUTDOWN_S"])
    assert seconds(services()["worker"]["stop_grace_period"]) >= grace + 10


def test_our_containers_cannot_write_but_where_they_may() -> None:
    for name in OURS:
        assert services()[name]["read_only"] is True
        assert services()[name]["tmpfs"] == ["/tmp"]


def test_every_password_must_be_given_and_none_stands_in_the_file() -> None:
    secret = re.compile(r"PASSWORD|_PWD|TOKEN|_KEY")
    values = {
        (name, variable): value
        for name, service in services().items()
        for variable, value in (service.get("environment") or {}).items()
        if secret.search(variable) or variable == "MILEPOST_DATABASE_URL"
    }
    with_one = {"postgres", "temporal-schema", "temporal", "store", "worker", "api", "grafana"}
    assert {name for name, _ in values} == with_one
    assert [value for value in values.values() if not re.search(r"\$\{\w+PASSWORD:\?[^}]+\}", value)] == []


def test_the_example_has_every_variable_and_its_passwords_cannot_be_taken_for_real_ones() -> None:
    used = {match[1] for match in re.finditer(r"\$\{(\w+)", TEXT)}
    example = env_file("example.env")
    assert used | {"COMPOSE_PROFILES"} == set(example)
    passwords = [value for variable, value in example.items() if "PASSWORD" in variable]
    assert len(passwords) == len(set(passwords)) == 4
    assert all(value.startswith("change-me") for value in passwords)


def test_the_example_settings_hold_no_secret() -> None:
    settings = env_file("milepost.example.env")
    for secret in ("SMTP_PASSWORD", "ENCRYPTION_KEYS", "CODEC_TOKENS"):
        assert settings[f"MILEPOST_{secret}"] == ""
    assert not any(variable.startswith(SECRET_PREFIX) for variable in settings)


def test_local_settings_are_not_committed_by_mistake() -> None:
    assert {".env", "milepost.env"} <= set((ROOT / ".gitignore").read_text("utf-8").split())


def test_what_is_mounted_from_the_repository_exists() -> None:
    mounts = [mount.split(":")[0] for service in services().values() for mount in service.get("volumes", [])]
    places = {Path(mount) for mount in mounts if mount.startswith("./")}
    assert places
    assert {place for place in places if not (ROOT / place).exists()} == set()
    named = {mount for mount in mounts if not mount.startswith("./")}
    assert named == set(compose()["volumes"])


def test_the_scripts_can_be_run() -> None:
    """PostgreSQL's image reads a script that is not executable into its own shell, where `set -u` is not meant."""
    scripts = sorted(DEPLOY.rglob("*.sh"))
    assert len(scripts) == 6
    assert [script for script in scripts if not script.stat().st_mode & 0o111] == []


def test_prometheus_finds_each_worker_once_and_at_its_port() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    [workers] = [job["dns_sd_configs"][0] for job in scraped if job["job_name"] == "milepost-worker"]
    networks = services()["worker"]["networks"]
    aliased = [name for name, how in networks.items() if workers["names"][0] in (how or {}).get("aliases", [])]
    assert aliased == ["figures"]  # a name in two networks would be two addresses of one worker
    assert "figures" in services()["prometheus"]["networks"]
    assert str(workers["port"]) == environment_of_image()["MILEPOST_METRICS_PORT"]


# ---------------------------------------------------------------------- the tool itself


def config(*files: str) -> Any:
    command = [tool("docker-compose"), *files, "config"]
    return checked(*command)


def test_compose_accepts_it_with_the_example() -> None:
    accepted = config("--env-file", "deploy/example.env")
    assert accepted.returncode == 0, accepted.stderr
    merged = yaml.safe_load(accepted.stdout)["services"]
    assert set(merged) == set(services())
    assert merged["worker"]["environment"]["MILEPOST_SMTP_HOST"] == "mail"


def test_compose_refuses_to_begin_without_passwords(tmp_path: Path) -> None:
    (tmp_path / "empty.env").touch()
    refused = config("--env-file", str(tmp_path / "empty.env"))
    assert refused.returncode != 0
    assert "deploy/example.env" in refused.stderr
