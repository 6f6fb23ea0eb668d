"""What the image, the set-up scripts and Prometheus rest on, seen on a real installation of the package that is shipped."""

import json
import subprocess
from pathlib import Path

import pytest

from sla.messages import SEARCH_ATTRIBUTES
from tests.deploy.files import figures, queries
from tests.deploy.installation import Installation, names, played


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return played(tmp_path_factory.mktemp("installation"))


def test_the_namespace_keeps_closed_cases_for_thirty_days(installation: Installation) -> None:
    told = json.loads(installation.seen["namespace"])
    assert told["namespaceInfo"]["name"] == "milepost"
    assert told["config"]["workflowExecutionRetentionTtl"] == "2592000s"


def test_the_namespace_has_our_search_attributes_with_their_types_and_no_others(installation: Installation) -> None:
    told = json.loads(installation.seen["attributes"])["customAttributes"]
    kinds = {f"INDEXED_VALUE_TYPE_{kind.upper()}": kind for kind in SEARCH_ATTRIBUTES.values()}
    assert {name: kinds[kind] for name, kind in told.items()} == SEARCH_ATTRIBUTES


def test_setting_the_namespace_up_again_adds_nothing(installation: Installation) -> None:
    assert installation.seen["set-up, first time"].count("added") == len(SEARCH_ATTRIBUTES)
    assert "added" not in installation.seen["set-up, second time"]


def test_a_case_is_followed_by_the_installed_package(installation: Installation) -> None:
    case = json.loads(installation.seen["case"])
    assert [milestone["milestone"] for milestone in case["timeline"]["milestones"]] == ["First Response"]


def test_a_case_whose_workflow_was_ended_starts_anew_from_its_log(installation: Installation) -> None:
    told = json.loads(installation.seen["woken"])["workflowExecutionInfo"]
    assert told["status"] == "WORKFLOW_EXECUTION_STATUS_RUNNING"


def test_the_worker_leaves_in_peace_although_temporal_is_gone(installation: Installation) -> None:
    assert installation.seen["exit code"] == "0"


def test_the_installed_package_says_what_it_can_from_any_directory(installation: Installation) -> None:
    assert "Usage" in installation.must(str(installation.programs / "milepost"), "--help")


def test_nothing_that_only_developers_need_is_installed(installation: Installation) -> None:
    python = installation.programs / "python"
    for module in ("pytest", "mypy", "pandas", "tests"):
        ran = subprocess.run(
            [python, "-c", f"import {module}"], cwd=installation.directory, capture_output=True, check=False
        )
        assert ran.returncode != 0, module


def test_all_that_is_shipped_can_be_imported(installation: Installation) -> None:
    walk = (
        "import pkgutil, importlib\n"
        "for room in ('activities', 'runtime', 'sla', 'starter', 'store', 'workers'):\n"
        "    package = importlib.import_module(room)\n"
        "    for found in pkgutil.walk_packages(package.__path__, room + '.'):\n"
        "        if not found.name.endswith(('.env', '__main__')): importlib.import_module(found.name)\n"
    )
    installation.must(str(installation.programs / "python"), "-c", walk)


@pytest.mark.parametrize("query", queries())
def test_every_figure_that_is_asked_for_is_served(installation: Installation, query: str) -> None:
    served = names(installation.seen["worker"]) | names(installation.seen["server"]) | {"up"}
    assert figures(query)
    assert figures(query) <= served


def test_the_worker_tells_how_many_records_are_open(installation: Installation) -> None:
    assert 'milepost_open_records{status="violated_open"}' in installation.seen["worker"]


def test_the_task_queues_are_called_as_the_queries_call_them(installation: Installation) -> None:
    assert 'task_queue="milepost-mail"' in installation.seen["worker"]
    assert 'taskqueue="milepost_cases"' in installation.seen["server"]  # Temporal's server writes dashes so


def test_an_unknown_figure_would_be_found() -> None:
    expression = 'sum by (le) (rate(milepost_x_bucket{a="b"}[5m])) > 1 and absent(up == 1) unless (y offset 1h)'
    assert figures(expression) == {"milepost_x_bucket", "up", "y"}
    assert names("# TYPE a histogram\n# TYPE b counter\n") == {"a_bucket", "b"}


def test_this_needs_no_repository(installation: Installation) -> None:
    assert not (installation.directory / "sla").is_dir()
    where = installation.must(str(installation.programs / "python"), "-c", "import sla; print(sla.__file__)")
    assert Path(where.strip()).is_relative_to(installation.directory / "venv")
