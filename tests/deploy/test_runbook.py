"""What docs/operations.md has people type in an emergency can be typed: services, files, commands and options exist."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache

import pytest

from tests.deploy.files import ROOT, rules, services
from tests.docs.command_line import parse
from tests.docs.pages import commands, inline, text
from tests.workflows.servers import program

WITH_VALUE = {"--user", "--entrypoint", "--scale", "--tail"}
SCRIPTS = re.findall(r"^ *```sh\n(.*?)^ *```$", text("operations"), re.MULTILINE | re.DOTALL)


def lines() -> Iterator[list[str]]:
    """Every command of the page: of its blocks, and those that stand in a sentence."""
    for script in SCRIPTS:
        yield from commands(script)
    for code in inline(text("operations")):
        if code.startswith("docker ") and "…" not in code:
            yield from commands(code)


def composed(words: list[str]) -> tuple[str, list[str], list[str]]:
    """Of a `docker compose` line: its verb, the services, and what is run in a container."""
    verb, rest = words[2], words[3:]
    plain: list[str] = []
    while rest:
        word, rest = rest[0], rest[1:]
        if word in WITH_VALUE:
            rest = rest[1:]
        elif not word.startswith("-"):
            plain.append(word)
            if verb in ("exec", "run"):
                return verb, plain, rest
    return verb, plain, []


COMPOSED = [words for words in lines() if words[:2] == ["docker", "compose"]]


def test_there_are_such_commands() -> None:
    assert len(COMPOSED) > 20
    assert {composed(words)[0] for words in COMPOSED} >= {"build", "up", "exec", "run", "logs", "stop"}


@pytest.mark.parametrize("words", COMPOSED, ids=" ".join)
def test_services_that_are_named_exist(words: list[str]) -> None:
    _, named, _ = composed(words)
    assert set(named) <= set(services())


@pytest.mark.parametrize("words", COMPOSED, ids=" ".join)
def test_what_is_run_in_a_container_exists(words: list[str]) -> None:
    verb, named, inside = composed(words)
    match inside:
        case ["milepost", *rest]:
            parse(rest)
        case ["temporal", *rest]:
            assert named == ["temporal-admin"]
            assert understood(tuple(rest)), f"the temporal tool knows no {rest}"
        case []:
            pass
        case ["sh", "/deploy/wake.sh"]:
            assert named == ["worker"]
        case ["sh" | "/deploy/restore.sh" | "/docker-entrypoint-initdb.d/databases.sh", *_]:
            assert named == ["postgres"]
            [script] = [word for word in inside if word.endswith(".sh")]
            assert (ROOT / "deploy" / "postgres" / script.rpartition("/")[2]).is_file()
        case ["psql" | "grafana", *_]:
            assert verb == "exec"
        case rest:
            assert (verb, named) == ("run", ["worker"]), words
            parse(rest)  # the image's entry point is `milepost`


@cache
def understood(words: tuple[str, ...]) -> bool:
    """Whether Temporal's command line has this command with these options."""
    verbs = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")][:2]
    told = subprocess.run([program("temporal"), *verbs, "--help"], capture_output=True, text=True, check=False).stdout
    known = set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", told))
    return f"temporal {' '.join(verbs)} [flags]" in told and {word for word in words if word.startswith("--")} <= known


def test_a_command_or_an_option_that_the_tool_does_not_have_would_be_found() -> None:
    assert understood(("workflow", "list", "--query", "x"))
    assert not understood(("workflow", "heal"))
    assert not understood(("workflow", "list", "--gently"))


def test_files_that_are_read_exist() -> None:
    read = re.findall(r"(?:< |^ *cp )(\S+)", "".join(SCRIPTS), re.MULTILINE)
    assert len(read) == 3
    assert [file for file in read if not (ROOT / file).is_file()] == []


def test_every_file_of_the_deployment_that_is_named_exists() -> None:
    named = {code for code in inline(text("operations")) if code.startswith("deploy/")}
    assert named
    assert {file for file in named if not (ROOT / file).exists()} == set()


def test_every_alert_has_its_paragraph() -> None:
    page = text("operations")
    assert [rule["alert"] for rule in rules() if rule["alert"] not in page] == []
