"""A record as one file over HTTP: what is downloaded is verified without the installation, and known to the audit log."""

import hashlib
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from starter.files import save
from starter.verifying import verify
from tests.api.test_records import a_name, opened


@pytest.mark.parametrize("suffix", ["", " Zoë/ü & co", "; filename=x"])
def test_a_bundle_is_downloaded_under_the_records_name_and_verified(
    agent: httpx.Client, viewer: httpx.Client, tmp_path: Path, suffix: str
) -> None:
    record = opened(agent, a_name() + suffix, owner="ada")
    answer = viewer.get(f"/v1/records/{quote(record, safe='')}/bundle")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.milepost.bundle"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(record, safe='')}.mpb"
    save(tmp_path / "case.mpb", answer.content)
    verdict = verify(tmp_path / "case.mpb")
    assert (verdict.sound, verdict.record, verdict.runs, verdict.running) == (True, record, 1, 1)


def test_who_took_a_bundle_and_what_it_was_is_in_the_audit_log(
    agent: httpx.Client, viewer: httpx.Client, admin: httpx.Client
) -> None:
    record = opened(agent)
    data = viewer.get(f"/v1/records/{record}/bundle").content
    [line] = admin.get("/v1/audit-log", params={"verb": "evidence.bundle", "subject": f"record/{record}"}).json()["lines"]
    assert line["after"] == {"sha256": hashlib.sha256(data).hexdigest(), "runs": 1, "bytes": len(data)}
    assert line["who"].startswith("the viewer (key ")


def test_a_bundle_of_no_record_is_refused(viewer: httpx.Client) -> None:
    answer = viewer.get("/v1/records/nobody/bundle")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_record")
