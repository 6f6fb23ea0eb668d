"""The one way in which a process of ours reaches Temporal: its client, and the SDK's runtime with its metrics.

The address, namespace, profile, API key and TLS are read by Temporal's own `envconfig` from the TEMPORAL_*
variables that `Settings.temporal` carries, so that `milepost` and the `temporal` tool always mean the same server.
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode

from runtime.converter import data_converter
from runtime.ports import LOOPBACK, free_port
from runtime.settings import Settings
from sla.errors import InvalidSetting, ServiceUnavailable, UnknownNamespace

CONNECT_S = 5.0
DEFAULT_ADDRESS = "localhost:7233"


@dataclass(frozen=True, kw_only=True)
class Telemetry:
    """The SDK's runtime, and the `host:port` on loopback where its own metrics can be read, if any."""

    runtime: Runtime
    sdk_metrics: str | None


async def connect(
    settings: Settings,
    *,
    address: str | None = None,
    namespace: str = "default",
    runtime: Runtime | None = None,
    timeout_s: float = CONNECT_S,
) -> Client:
    """A client that has spoken with the server.

    With `address` (a local server that we started) only that and `namespace` count: neither the profile, nor
    its API key or TLS. Raises `ServiceUnavailable` within `timeout_s`, and `InvalidSetting` for a profile or
    a configuration file that cannot be read, and for encryption keys that are none.
    """
    keeping = data_converter(settings)
    config: ClientConnectConfig = {"namespace": namespace}
    config = config | ({"target_host": address} if address else _configured(settings))
    config.setdefault("target_host", DEFAULT_ADDRESS)
    try:
        # The SDK's own limit covers the connection only: a port that accepts and stays silent takes it 30 s.
        async with asyncio.timeout(timeout_s):
            return await Client.connect(
                **config,
                data_converter=keeping,
                connect_timeout=timedelta(seconds=timeout_s),
                runtime=runtime,
            )
    except (RuntimeError, TimeoutError) as error:
        raise ServiceUnavailable(
            service="The Temporal server",
            address=config["target_host"],
            problem=in_short(error) or f"no answer within {timeout_s:g} s",
            remedy="Start a local one with: milepost dev, or point TEMPORAL_ADDRESS at yours.",
        ) from None


async def require_namespace(client: Client, *, timeout_s: float = CONNECT_S) -> None:
    """Raise `UnknownNamespace` if the server says that it has no such namespace; a server that is away is no matter here."""
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        await client.workflow_service.describe_namespace(asked, timeout=timedelta(seconds=timeout_s))
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise UnknownNamespace(namespace=client.namespace) from None


def unavailable(error: RPCError, client: Client) -> ServiceUnavailable:
    """A failure of Temporal's client, in our words."""
    return ServiceUnavailable(
        service="The Temporal server",
        address=client.service_client.config.target_host,
        problem=error.message.rstrip("."),
        remedy="See that it runs, and check TEMPORAL_ADDRESS and what else is set for it.",
    )


def temporal_runtime(settings: Settings) -> Telemetry:
    """The SDK's runtime: warnings of its core go to our log, its metrics to a port of loopback if any are wanted.

    Each runtime is a pool of threads: one for a process, and before any client. The port is an inner one;
    people read `serving.serve`, which adds what is found here to our own.
    """
    core = LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
    )
    log = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=core)
    if not settings.metrics_port:
        return Telemetry(runtime=Runtime(telemetry=TelemetryConfig(logging=log)), sdk_metrics=None)
    address = f"{LOOPBACK}:{free_port()}"
    metrics = PrometheusConfig(bind_address=address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True)
    return Telemetry(runtime=Runtime(telemetry=TelemetryConfig(logging=log, metrics=metrics)), sdk_metrics=address)


def _configured(settings: Settings) -> ClientConnectConfig:
    variables = settings.temporal
    if variables is None:
        return {}
    file = variables.get("TEMPORAL_CONFIG_FILE")
    if file and not Path(file).is_file():  # envconfig would pass over it in silence
        raise InvalidSetting(setting="TEMPORAL_CONFIG_FILE", problem=f"there is no file '{file}'.")
    try:
        return ClientConfig.load_client_connect_config(override_env_vars=variables)
    except RuntimeError as error:
        problem = str(error).splitlines()[0].rstrip(".")
        setting = "TEMPORAL_PROFILE" if problem.startswith("Profile") else "TEMPORAL_CONFIG_FILE"
        raise InvalidSetting(setting=setting, problem=f"{problem}.") from None


def in_short(error: BaseException) -> str:
    """The reason in the SDK's nested dump of Rust errors: the innermost message, of the first cause."""
    while error.__cause__ is not None:
        error = error.__cause__
    found = re.findall(r'(?:message|error): "([^"]+)"', str(error))
    return found[-1].rstrip(".") if found else str(error).removeprefix("Failed client connect: ")
