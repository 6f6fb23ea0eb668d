"""Definition files: what is read, in which order, and where it was."""

from pathlib import Path

import pytest

from sla.errors import InvalidDefinition, LimitExceeded, UnreadableFile
from starter.checks import Limits, check_number_of_processes
from starter.definitions import load
from tests.starter.command_line import EXAMPLES

OFFICE = "calendar: {name}\ntimezone: UTC\nhours: always\n"


def write(path: Path, *names: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("---\n".join(OFFICE.format(name=name) for name in names), "utf-8")
    return path


def test_a_directory_stands_for_the_definitions_in_it_and_below_but_not_for_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "sub/c.json", ".hidden.yaml", ".git/d.yaml", "notes.txt"):
        write(tmp_path / name, Path(name).stem)
    found = load([tmp_path])
    assert sorted(one.value.calendar for one in found.calendars) == ["a", "b", "c"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "a")
    assert len(load([file, tmp_path, tmp_path / ".." / tmp_path.name / "a.yaml"]).calendars) == 1


def test_a_directory_without_definitions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"holds no \.yaml"):
        load([tmp_path])


def test_a_name_that_two_files_define_is_refused_with_both_places(tmp_path: Path) -> None:
    first, second = write(tmp_path / "1.yaml", "a"), write(tmp_path / "2.yaml", "b", "a")
    with pytest.raises(InvalidDefinition) as refused:
        load([first, second])
    assert str(refused.value).startswith(f"{second}:5: calendar: 'a' is already defined at {first}:1")


def test_a_definition_knows_where_each_of_its_fields_stands() -> None:
    [found] = load([EXAMPLES / "processes/standard-support.yaml"]).processes
    path = next(path for path, _ in found.value.actions())
    source, line, *_ = found.where(path).split(":")
    text = (EXAMPLES / "processes/standard-support.yaml").read_text("utf-8").splitlines()
    assert source.endswith("standard-support.yaml")
    assert "email" in "".join(text[int(line) - 1 : int(line) + 1])


def test_all_that_the_examples_define_is_read() -> None:
    found = load([EXAMPLES])
    assert (len(found.processes), len(found.calendars), len(found.people)) == (4, 7, 1)


def test_an_installation_holds_so_many_processes_and_no_more() -> None:
    check_number_of_processes(1000, Limits(), where="x")
    with pytest.raises(LimitExceeded, match="MILEPOST_MAX_PROCESSES"):
        check_number_of_processes(1001, Limits(), where="x")
