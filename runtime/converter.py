"""The one data converter: a client with another would tell Temporal in clear what the others encrypt."""

from dataclasses import replace

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from runtime.encryption import Codec
from runtime.keys import KeyRing, key_ring
from runtime.settings import Settings


def data_converter(settings: Settings) -> DataConverter:
    """The installation's converter. Raises InvalidSetting for keys that are none."""
    return converter(key_ring(settings))


def converter(ring: KeyRing | None) -> DataConverter:
    """Models as JSON; with a ring everything is encrypted, messages and traces of failures too.

    Without a ring nothing changes, but an encrypted payload is refused before a workflow sees it: it would take it for a
    malformed signal, and drop it.
    """
    if ring is None:
        return replace(pydantic_data_converter, payload_codec=Codec(None))
    return replace(
        pydantic_data_converter,
        payload_codec=Codec(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
