"""The entry point `milepost`: reads the environment, introduces the rooms to each other, and runs the command line."""

import sys
from typing import TYPE_CHECKING

from starter.cli.app import build
from starter.cli.errors import run
from starter.cli.services import Services

if TYPE_CHECKING:
    from runtime.settings import Settings


def main() -> None:
    """Run the command line of this process to its end."""
    code = run(build(_services()), sys.argv[1:])
    sys.exit(code)


def _services() -> Services:
    return Services(settings=_settings)


def _settings() -> "Settings":
    from runtime.settings import Settings  # noqa: PLC0415 - keeps --help quick

    return Settings.from_environment()


if __name__ == "__main__":
    main()
