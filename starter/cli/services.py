"""What the command line needs and may not build itself: `workers.__main__` hands it in (HOUSE, contracts 1 and 6).

A command whose callable is absent is not registered.
"""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runtime.settings import Settings
    from starter.checkups.findings import Finding
    from starter.deployments import Deployments
    from starter.desk import Desk

    Service = Callable[[Settings], Awaitable[int | None]]
    Deploying = Callable[[Settings], AbstractAsyncContextManager[Deployments]]
    Examination = Callable[[Settings], Coroutine[Any, Any, list[Finding]]]


@dataclass(frozen=True, kw_only=True)
class Services:
    """`settings` reads the environment; `desk` and `deployments` connect; `examine` makes the doctor's checks.

    The others run until they are done or told to stop. What they return is the exit code; None is 0.
    """

    settings: "Callable[[], Settings]"
    desk: "Callable[[Settings], AbstractAsyncContextManager[Desk]] | None" = None
    run_worker: "Service | None" = None
    run_dev: "Service | None" = None
    run_demo: "Service | None" = None
    run_api: "Service | None" = None
    upgrade_store: "Service | None" = None
    examine: "Examination | None" = None
    deployments: "Deploying | None" = None
