"""Scraping and alerts against the code: every service, only metrics that exist, somebody to act and how."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.chassis.metrics import METRICS
from services.contracts.topics import SERVICES
from tests.unit.deploy.files import ROOT

FOLDER = ROOT / "deploy" / "prometheus"
TABLE: dict[str, Any] = yaml.load((FOLDER / "rules.yml").read_text(), Loader=yaml.CSafeLoader)
RULES: list[dict[str, Any]] = [rule for group in TABLE["groups"] for rule in group["rules"]]
OF_THE_TARGET = {"job", "service", "instance"}
each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])


def test_every_service_is_scraped_on_its_port() -> None:
    (job,) = yaml.load((FOLDER / "prometheus.yml").read_text(), Loader=yaml.CSafeLoader)["scrape_configs"]
    scraped = {entry["labels"]["service"]: entry["targets"] for entry in job["static_configs"]}
    assert scraped == {service: [f"{service}:{8101 + number}"] for number, service in enumerate(SERVICES)}


@each_rule
def test_a_rule_asks_only_for_metrics_and_labels_that_exist(rule: dict[str, Any]) -> None:
    selectors = re.findall(r"\b(closedloop_\w+|up)\b(?:\{([^}]*)\})?", rule["expr"])
    assert selectors
    grouped = re.findall(r"\bby \(([^)]*)\)", rule["expr"])
    for name, matchers in selectors:
        assert name == "up" or name in METRICS
        known = OF_THE_TARGET | set(METRICS[name].labels if name != "up" else ())
        assert set(re.findall(r"(\w+)\s*(?:=|!=|=~|!~)\s*\"", matchers)) <= known
        assert {label.strip() for by in grouped for label in by.split(",")} <= known


@each_rule
def test_a_rule_says_who_acts_and_where_it_says_how(rule: dict[str, Any]) -> None:
    assert set(rule["annotations"]) == {"summary", "owner", "runbook"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    page, anchor = rule["annotations"]["runbook"].split("#")
    headings = re.findall(r"^## (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor == rule["alert"].lower()
    assert anchor in [heading.lower() for heading in headings]


def test_the_labels_that_a_summary_shows_survive_the_grouping() -> None:
    for rule in RULES:
        shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        grouped = re.findall(r"\bby \(([^)]*)\)", rule["expr"])
        assert shown <= (set(re.split(r",\s*", grouped[0])) if grouped else OF_THE_TARGET), rule["alert"]


def test_promtool_finds_the_files_valid(tmp_path: Path) -> None:
    token = tmp_path / "operations_token"
    token.touch()
    shutil.copy(FOLDER / "rules.yml", tmp_path)
    config = tmp_path / "prometheus.yml"
    written = (FOLDER / config.name).read_text()
    assert "/run/secrets/operations_token" in written
    config.write_text(written.replace("/run/secrets/operations_token", str(token)))
    promtool("check", "config", config)


def test_promtool_finds_that_the_rules_fire_and_only_when_they_should() -> None:
    promtool("test", "rules", Path(__file__).with_name("rules_test.yml"))


def promtool(*arguments: str | Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed here (Debian: package prometheus)")
    checked = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
