"""Which Temporal server is meant, and what happens when it is not to be had."""

from pathlib import Path

import pytest

from runtime.connect import connect
from runtime.ports import free_port
from runtime.settings import Settings
from sla.errors import InvalidSetting, ServiceUnavailable


def profile(directory: Path, address: str) -> Path:
    file = directory / "temporal.toml"
    file.write_text(f'[profile.prod]\naddress = "{address}"\nnamespace = "milepost"\n')
    return file


async def test_the_profile_of_temporals_own_configuration_says_where_the_server_is(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    file = profile(tmp_path, address)
    settings = Settings.from_environment({"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "prod"})
    with pytest.raises(ServiceUnavailable, match=address):
        await connect(settings)


async def test_a_variable_outweighs_the_profile_and_an_explicit_address_both(tmp_path: Path) -> None:
    named, explicit = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    file = profile(tmp_path, "127.0.0.1:1")
    settings = Settings(temporal={"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "prod", "TEMPORAL_ADDRESS": named})
    with pytest.raises(ServiceUnavailable, match=named):
        await connect(settings)
    with pytest.raises(ServiceUnavailable, match=explicit):
        await connect(settings, address=explicit)


async def test_a_profile_or_file_that_does_not_exist_is_a_bad_setting(tmp_path: Path) -> None:
    file = profile(tmp_path, "127.0.0.1:1")
    with pytest.raises(InvalidSetting, match=r"TEMPORAL_PROFILE: Profile 'dev' not found\."):
        await connect(Settings(temporal={"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "dev"}))
    with pytest.raises(InvalidSetting, match="TEMPORAL_CONFIG_FILE: there is no file"):
        await connect(Settings(temporal={"TEMPORAL_CONFIG_FILE": str(tmp_path / "none.toml")}))
    file.write_text("[profile")
    with pytest.raises(InvalidSetting, match=r"TEMPORAL_CONFIG_FILE: .*TOML parse error at line 1"):
        await connect(Settings(temporal={"TEMPORAL_CONFIG_FILE": str(file)}))
