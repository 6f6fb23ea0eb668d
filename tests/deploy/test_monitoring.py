"""Prometheus' alerts and Grafana's dashboard: they hold together, and each alert rings when it should."""

import re

import pytest
import yaml

from tests.deploy.files import ALERTS, DEPLOY, ROOT, dashboard, queries, rules, services
from tests.deploy.tools import checked, tool
from tests.docs.test_examples_in_docs import anchors

PANELS = dashboard()["panels"]
TESTS = ALERTS.with_name("alerts.test.yml")
UNITS = {"short", "s", "ops"}

every_alert = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
every_panel = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])


@every_alert
def test_an_alert_says_how_bad_it_is_what_is_wrong_and_where_to_read_on(rule: dict[str, dict[str, str]]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"].endswith(".")
    page, anchor = rule["annotations"]["runbook"].split("#")
    assert anchor in anchors(ROOT / page)


def test_every_alert_is_named_once_and_has_a_test_in_which_it_rings() -> None:
    named = [rule["alert"] for rule in rules()]
    tests = [case for test in yaml.safe_load(TESTS.read_text("utf-8"))["tests"] for case in test.get("alert_rule_test", [])]
    assert len(named) == len(set(named))
    assert {case["alertname"] for case in tests if case["exp_alerts"]} == set(named)


def test_prometheus_accepts_its_configuration() -> None:
    accepted = checked(tool("promtool"), "check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr


def test_the_alerts_ring_when_they_should_and_only_then() -> None:
    passed = checked(tool("promtool"), "test", "rules", TESTS)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_prometheus_understands_the_dashboards_queries(tmp_path_factory: pytest.TempPathFactory) -> None:
    expressions = [query.replace("$__rate_interval", "1m") for query in queries()]
    recorded = [{"record": f"q:{number}", "expr": query} for number, query in enumerate(expressions)]
    file = tmp_path_factory.mktemp("rules") / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": recorded}]}), "utf-8")
    accepted = checked(tool("promtool"), "check", "rules", file)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr


@every_panel
def test_a_panel_explains_itself_and_asks_the_chosen_prometheus(panel: dict[str, object]) -> None:
    source = {"type": "prometheus", "uid": "${datasource}"}
    assert panel["description"]
    assert panel["datasource"] == source
    assert panel["targets"]
    assert all(target["expr"] and target["datasource"] == source for target in panel["targets"])  # type: ignore[attr-defined]
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS  # type: ignore[index]


def test_panels_have_numbers_of_their_own_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    covered = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(covered) == len(set(covered))
    assert max(x for x, _ in covered) < 24


def test_the_dashboard_shows_lateness_risk_violations_retries_and_backlog() -> None:
    asked = " ".join(target["expr"] for panel in PANELS for target in panel["targets"])
    for figure in (
        "milepost_trigger_lateness_seconds", 'status="at_risk"', "milepost_violations_total",
        "milepost_effect_retries_total", "approximate_backlog_count",
    ):  # fmt: skip
        assert figure in asked


def test_the_data_source_can_be_chosen() -> None:
    [chosen] = dashboard()["templating"]["list"]
    assert (chosen["name"], chosen["type"], chosen["query"]) == ("datasource", "datasource", "prometheus")


def test_grafana_is_given_the_dashboard_and_prometheus() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text("utf-8"))["datasources"]
    [provider] = yaml.safe_load((provisioning / "dashboards" / "milepost.yml").read_text("utf-8"))["providers"]
    assert source["url"] == "http://prometheus:9090"
    mounted = {mount.split(":")[1] for mount in services()["grafana"]["volumes"]}
    assert provider["options"]["path"] in mounted
    home = services()["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{provider['options']['path']}/milepost.json"
    assert re.fullmatch(r"\w+", source["uid"])
