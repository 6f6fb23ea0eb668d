"""The deployment's files, read."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "milepost.json"


def compose() -> dict[str, Any]:
    """docker-compose.yml, merged as YAML merges it; variables stand as they are written."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return read


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def env_file(name: str) -> dict[str, str]:
    """A file of variables."""
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with what stands behind it on one line."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in whole.splitlines()]


def copied() -> list[str]:
    """What the Dockerfile takes from the repository, in order."""
    copies = [shlex.split(words) for name, words in instructions() if name == "COPY" and not words.startswith("--from")]
    return [source for words in copies for source in words[:-1]]


def environment_of_image() -> dict[str, str]:
    """What the image sets: the variables of the last stage."""
    last = max(at for at, (name, _) in enumerate(instructions()) if name == "FROM")
    words = [word for name, line in instructions()[last:] if name == "ENV" for word in shlex.split(line)]
    return dict(word.split("=", 1) for word in words)


def health_check() -> list[str]:
    """The command by which an engine asks whether a container is healthy."""
    [line] = [words for name, words in instructions() if name == "HEALTHCHECK"]
    command: list[str] = json.loads(line.split("CMD", 1)[1])
    return command


def pinned(lock: str) -> dict[str, str]:
    """What a lock file holds, with its version and the condition behind it."""
    text = (ROOT / lock).read_text("utf-8")
    return {match[1]: match[2].rstrip(" \\") for match in re.finditer(r"^([a-z0-9][\w.-]*)==(.+)$", text, re.MULTILINE)}


def dashboard() -> dict[str, Any]:
    """Grafana's dashboard."""
    read: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return read


def rules() -> list[dict[str, Any]]:
    """Every alert."""
    return [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]


def figures(expression: str) -> set[str]:
    """The names of the figures in a PromQL expression."""
    bare = re.sub(r'\{[^}]*\}|"[^"]*"|\[[^\]]*\]|\b(by|without|on|ignoring)\s*\([^)]*\)|\boffset\s+\w+', " ", expression)
    words = re.findall(r"[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()", bare)
    return {word for word in words if word not in {"and", "or", "unless", "bool"}}


def queries() -> list[str]:
    """Every expression of alerts and dashboard."""
    panels = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    return [*panels, *(rule["expr"] for rule in rules())]
