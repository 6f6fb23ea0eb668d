"""The Dockerfile and the lock files from which the image is made."""

import re
import tomllib

from runtime.settings import variables
from tests.deploy.files import ROOT, copied, environment_of_image, instructions, pinned
from tests.house.sources import ROOMS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def told(name: str) -> list[str]:
    return [words for instruction, words in instructions() if instruction == name]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_both_stages_are_of_one_small_pinned_python() -> None:
    bases = [words.split()[0] for words in told("FROM")]
    assert bases == ["python:3.13-slim-trixie"] * 2


def test_the_last_stage_takes_the_environment_and_installs_nothing() -> None:
    last = instructions()[max(at for at, (name, _) in enumerate(instructions()) if name == "FROM") :]
    assert [words for name, words in last if name == "COPY"] == ["--from=build /opt/milepost /opt/milepost"]
    assert not any(re.search(r"\b(pip|apt-get|gcc|build-essential)\b", words) for name, words in last if name == "RUN")


def test_it_runs_as_nobody_special_with_a_number_that_stays() -> None:
    assert told("USER") == ["10001:10001"]


def test_it_is_the_command_line_and_works_unless_told_otherwise() -> None:
    assert told("ENTRYPOINT") == ['["milepost"]']
    assert told("CMD") == ['["worker"]']


def test_its_settings_exist() -> None:
    ours = {name for name in environment_of_image() if name.startswith("MILEPOST_")}
    assert ours <= set(variables())


def test_every_room_is_copied_and_nothing_that_only_developers_need() -> None:
    files = {"requirements-runtime.lock", "requirements-build.lock", "pyproject.toml", "README.md", "LICENSE"}
    assert set(copied()) == {*ROOMS, *files}


def test_the_engine_is_sent_what_is_copied_and_no_local_file() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied())


# ---------------------------------------------------------------------- lock files


def test_the_image_has_the_versions_that_the_tests_run_with() -> None:
    tested = pinned("requirements.lock")
    for lock in ("requirements-runtime.lock", "requirements-build.lock"):
        assert pinned(lock)
        assert {name: version for name, version in pinned(lock).items() if tested.get(name) != version} == {}


def test_every_dependency_of_the_project_is_in_the_image() -> None:
    wanted = {normal(re.split(r"[<>=\[; ]", one)[0]) for one in PROJECT["dependencies"]}
    assert wanted <= {normal(name) for name in pinned("requirements-runtime.lock")}


def test_no_tool_of_developers_is_in_the_image() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    tools = {normal(re.split(r"[<>=\[; ]", one)[0]) for group in groups.values() for one in group if isinstance(one, str)}
    assert tools & {normal(name) for name in pinned("requirements-runtime.lock")} == set()


def test_every_file_is_named_by_its_hash_and_no_index_is_named() -> None:
    for lock in ("requirements-runtime.lock", "requirements-build.lock"):
        text = (ROOT / lock).read_text("utf-8")
        entries = re.split(r"\n(?=[a-z])", text.strip())
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
        assert "://" not in text
