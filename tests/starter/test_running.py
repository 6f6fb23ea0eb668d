"""`milepost dev`, `worker`, `serve`, `demo`, `store upgrade`: there if they can be carried out; handed the settings."""

from dataclasses import replace

import pytest

from runtime.settings import Settings
from starter.cli.services import Services
from tests.starter.command_line import milepost, no_desk

COMMANDS = {"dev": ("dev",), "worker": ("worker",), "serve": ("serve",), "demo": ("demo",), "upgrade": ("store", "upgrade")}


class Recorder:
    """Notes the settings that each service was run with."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, Settings]] = []

    def services(self) -> Services:
        """An installation in which everything can be run."""
        return replace(
            no_desk(),
            run_dev=lambda settings: self._run("dev", settings),
            run_worker=lambda settings: self._run("worker", settings),
            run_api=lambda settings: self._run("serve", settings),
            run_demo=lambda settings: self._run("demo", settings),
            upgrade_store=lambda settings: self._run("upgrade", settings),
        )

    async def _run(self, name: str, settings: Settings) -> None:
        self.ran.append((name, settings))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_runs_its_service_with_the_settings(name: str) -> None:
    recorder = Recorder()
    ran = milepost(*COMMANDS[name], services=recorder.services())
    assert (ran.code, recorder.ran) == (0, [(name, Settings())])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_cannot_be_carried_out_is_not_there(name: str) -> None:
    assert milepost(*COMMANDS[name]).code == 2


def test_ports_and_directory_of_a_development_server_can_be_chosen() -> None:
    recorder = Recorder()
    options = ("--temporal-port", "0", "--ui-port", "7", "--data-dir", "elsewhere")
    milepost("dev", *options, services=recorder.services())
    [(_, settings)] = recorder.ran
    assert (settings.temporal_port, settings.ui_port, str(settings.data_dir)) == (0, 7, "elsewhere")
    assert settings.mail_port == Settings().mail_port


def test_a_port_that_is_none_is_refused() -> None:
    recorder = Recorder()
    assert milepost("dev", "--ui-port", "70000", services=recorder.services()).code == 2
    assert not recorder.ran
