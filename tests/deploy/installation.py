"""An installation as the deployment makes it, as far as that goes without an engine: a real Temporal server with our dynamic
configuration, the set-up scripts, a database, and one worker of the installed package. What it showed is looked at by tests.
"""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from runtime.ports import free_port
from tests.deploy.files import DEPLOY, environment_of_image, health_check
from tests.deploy.installed import environment, wheel
from tests.e2e.test_killed import DEFINITIONS
from tests.workflows.servers import program

PATIENCE_S = 60
NAMESPACE = "milepost"


@dataclass
class Installation:
    """Where it is, and what it showed."""

    directory: Path
    programs: Path = field(default=Path())
    temporal: int = field(default_factory=free_port)
    server_figures: int = field(default_factory=free_port)
    figures: int = field(default_factory=free_port)
    seen: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """The container's environment, on ports of this machine."""
        path = f"{self.programs}:{Path(program('temporal')).parent}:{os.environ['PATH']}"
        return {
            **environment_of_image(),
            "PATH": path,
            "HOME": str(self.directory),
            "RETENTION": "30d",
            "MILEPOST_DATA_DIR": str(self.directory / "data"),
            "MILEPOST_METRICS_HOST": "127.0.0.1",
            "MILEPOST_METRICS_PORT": str(self.figures),
            "MILEPOST_GRACEFUL_SHUTDOWN_S": "5",
            "MILEPOST_SMTP_PORT": str(free_port()),  # nobody listens: mails are retried
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.temporal}",
            "TEMPORAL_NAMESPACE": NAMESPACE,
        }

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program of the container, or a script, from a directory that is not the repository."""
        return subprocess.run(
            words,
            cwd=self.directory,
            env=self.variables(),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    def must(self, *words: str, stdin: str = "") -> str:
        """What it printed; it must succeed."""
        ran = self.run(*words, stdin=stdin)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def healthy(self) -> bool:
        """What the engine would think of the worker."""
        return self.run(str(self.programs / health_check()[0]), *health_check()[1:]).returncode == 0

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"{what}\n{(self.directory / 'worker.log').read_text()}"
            time.sleep(0.2)


def fetched(port: int) -> str:
    """What Prometheus would read; empty while nobody answers."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def names(text: str) -> set[str]:
    """Which figures a text in Prometheus' format has."""
    told = (line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE "))
    return {one for name, kind in told for one in ([f"{name}_bucket"] if kind == "histogram" else [name])}


@contextmanager
def process(command: list[str], log: Path, variables: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process with its log; asked to end when the block ends, unless it has ended."""
    with log.open("ab") as out:
        running = subprocess.Popen(command, cwd=log.parent, env=variables, stdout=out, stderr=out)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def server(installation: Installation) -> list[str]:
    """Temporal's development server with what deploy/temporal/dynamicconfig.yaml sets; the backlog is told each second."""
    settings = yaml.safe_load((DEPLOY / "temporal" / "dynamicconfig.yaml").read_text("utf-8"))
    values = {name: given[0]["value"] for name, given in settings.items()} | {"matching.backlogMetricsEmitInterval": "1s"}
    assert set(values) == set(settings)
    words = ["server", "start-dev", "--headless", "--log-level", "error", "--ip", "127.0.0.1"]
    words += ["--port", str(installation.temporal), "--metrics-port", str(installation.server_figures)]
    words += [word for name, value in values.items() for word in ("--dynamic-config-value", f"{name}={json.dumps(value)}")]
    return [program("temporal"), *words]


def played(directory: Path) -> Installation:
    """Set it up, let a case and a foreign workflow go through it, take Temporal away, and keep what was seen."""
    made = Installation(directory)
    made.programs = environment(directory, wheel(directory))
    (directory / "worker.log").touch()
    milepost = str(made.programs / "milepost")
    with process(server(made), directory / "temporal.log", {}) as temporal:
        for time_of in ("first", "second"):
            made.seen[f"set-up, {time_of} time"] = made.must("sh", str(DEPLOY / "temporal" / "namespace.sh"))
        made.seen["namespace"] = made.must("temporal", "operator", "namespace", "describe", "--output", "json")
        made.seen["attributes"] = made.must("temporal", "operator", "search-attribute", "list", "--output", "json")
        made.must(milepost, "store", "upgrade")
        with process([milepost, "worker"], directory / "worker.log", made.variables()) as worker:
            made.until(made.healthy, "the worker did not become healthy")
            _cases(made, milepost)
            made.until(lambda: "execution_failed_total" in fetched(made.figures), "a foreign workflow was not refused")
            made.until(lambda: "approximate_backlog_age" in fetched(made.server_figures), "no backlog was told of")
            made.seen["server"] = fetched(made.server_figures)
            temporal.terminate()
            made.until(lambda: not made.healthy(), "the worker stayed healthy without Temporal")
            made.until(lambda: "temporal_request_failure_total" in fetched(made.figures), "no failed request was counted")
            made.seen["worker"] = fetched(made.figures)
            worker.terminate()
            made.seen["exit code"] = str(worker.wait(timeout=PATIENCE_S))
    return made


def _cases(made: Installation, milepost: str) -> None:
    made.must(milepost, "apply", "-", stdin=DEFINITIONS)
    made.must(milepost, "case", "open", "--id", "C-1", "--process", "Quick", "--owner", "ada")
    made.must("temporal", "workflow", "start", "--task-queue", "milepost-cases", "--type", "Foreign", "--workflow-id", "f-1")
    made.must("temporal", "workflow", "terminate", "--workflow-id", "sla-case/C-1", "--reason", "stuck")
    made.must("sh", str(DEPLOY / "wake.sh"))
    made.seen["woken"] = made.must("temporal", "workflow", "describe", "--workflow-id", "sla-case/C-1", "--output", "json")
    made.seen["case"] = made.must(milepost, "case", "show", "C-1", "--json")
