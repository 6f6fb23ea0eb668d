"""The doctor asks the mail server everything that a mail needs, and sends none."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from runtime.ports import free_port
from runtime.settings import Settings
from starter import doctor
from starter.checkups import mail
from starter.checkups.findings import Told
from tests.activities.smtp_servers import Accepting, a_certificate, dialogue, scripted, speaking
from tests.starter.patients import a_patient, now, unreached


async def asked(port: int, *, tls: Any = None, **more: Any) -> Told:
    settings = Settings(smtp_port=port, smtp_from="SLA <sla@support.example>", **more)
    async with a_patient(settings) as patient:
        return await mail.server(patient, tls=tls)


async def test_a_server_that_takes_our_mail_is_well_and_gets_none() -> None:
    server = Accepting()
    async with speaking(server) as port:
        told = await asked(port)
    assert told == ("ok", f"127.0.0.1:{port} takes mail from sla@support.example, without encryption", None)
    assert (server.mails, server.envelopes) == ([], [])


async def test_a_server_that_is_not_there_is_named() -> None:
    told = await asked(port := free_port())
    assert (told.verdict, told.found) == ("failed", f"127.0.0.1:{port} cannot be reached: connection refused")
    assert told.remedy is not None
    assert "MILEPOST_SMTP_HOST" in told.remedy


async def test_a_sender_that_it_refuses_is_named_with_its_answer() -> None:
    async with speaking(Accepting(mail_reply="550 5.7.1 not your domain")) as port:
        told = await asked(port)
    assert told.verdict == "failed"
    assert told.found == f"127.0.0.1:{port} refuses the sender sla@support.example: 550 5.7.1 not your domain"
    assert told.remedy == "Set MILEPOST_SMTP_FROM to an address that it sends for."


@pytest.mark.parametrize(("password", "verdict"), [("open sesame", "ok"), ("open barley", "failed")])
async def test_the_login_is_tried(password: str, verdict: str, tmp_path: Path) -> None:
    theirs, ours = a_certificate(tmp_path)
    server = Accepting()
    login: dict[str, Any] = {"smtp_username": "sla", "smtp_password": password}
    async with speaking(server, tls_context=theirs, require_starttls=True, auth_required=True) as port:
        told = await asked(port, tls=ours, smtp_host="localhost", smtp_security="starttls", **login)
    assert (told.verdict, set(server.logins)) == (verdict, {"sla"})
    assert password not in told.found
    if verdict == "ok":
        assert told.found.endswith("with STARTTLS, logged in as sla")
    else:
        assert "refuses our login: 535" in told.found
        assert told.remedy == "Check MILEPOST_SMTP_USERNAME and MILEPOST_SMTP_PASSWORD."


async def test_encryption_that_is_wanted_and_not_offered_is_a_failure() -> None:
    async with speaking(Accepting()) as port:
        told = await asked(port, smtp_security="starttls")
    assert told.verdict == "failed"
    assert "STARTTLS" in told.found


async def test_a_certificate_that_nobody_vouches_for_is_a_failure(tmp_path: Path) -> None:
    theirs, ours = a_certificate(tmp_path)
    async with speaking(Accepting(), tls=theirs) as port:
        settings: dict[str, Any] = {"smtp_host": "localhost", "smtp_security": "tls"}
        refused, trusted = await asked(port, **settings), await asked(port, tls=ours, **settings)
    assert refused.verdict == "failed"
    assert "certificate verify failed" in refused.found
    assert (trusted.verdict, trusted.found.endswith("with TLS")) == ("ok", True)


async def test_starttls_is_spoken(tmp_path: Path) -> None:
    theirs, ours = a_certificate(tmp_path)
    async with speaking(Accepting(), tls_context=theirs, require_starttls=True) as port:
        told = await asked(port, tls=ours, smtp_host="localhost", smtp_security="starttls")
    assert (told.verdict, told.found.endswith("with STARTTLS")) == ("ok", True)


async def test_a_server_that_wants_no_more_visitors_is_quoted() -> None:
    async with scripted(lambda reader, writer: dialogue(reader, writer, "421 too busy")) as port:
        told = await asked(port)
    assert (told.verdict, "421 too busy" in told.found) == ("failed", True)


async def test_a_server_that_is_silent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "ANSWER_S", 0.3)
    async with scripted(lambda reader, writer: dialogue(reader, writer, None)) as port:
        told = await asked(port)
    assert (told.verdict, told.found) == ("failed", f"127.0.0.1:{port} cannot be reached: no answer within 0.3 s")


async def test_a_server_that_hangs_costs_no_more_than_the_time_of_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LIMIT_S", 0.5)
    monkeypatch.setattr(doctor, "CHECKS", [check for check in doctor.CHECKS if check.name == "mail server"])
    async with scripted(lambda reader, writer: dialogue(reader, writer, "220 hello", None)) as port:
        began = asyncio.get_running_loop().time()
        (finding,) = await doctor.examine(Settings(smtp_port=port), unreached, now)
        assert asyncio.get_running_loop().time() - began < 5
    assert (finding.verdict, finding.found) == ("failed", "no answer within 0.5 s")
