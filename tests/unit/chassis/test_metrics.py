from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import generate_latest

from services.chassis.metric_catalogue import Metric, catalogue
from services.chassis.metrics import METRICS

DOCUMENT = Path(__file__).parents[3] / "docs" / "metrics.md"
UNBOUNDED = {"ticket", "ticket_id", "event_id", "caller", "caller_ref", "path", "text", "offset"}


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text() == catalogue(), "run: python -m services.chassis.metrics > docs/metrics.md"


@pytest.mark.parametrize(("name", "metric"), METRICS.items())
def test_a_metric_is_named_and_explained_by_the_rules(name: str, metric: Metric) -> None:
    assert name.startswith("closedloop_")
    assert name.endswith("_total") == (metric.type == "counter")
    assert metric.help.endswith(".")
    assert not UNBOUNDED & set(metric.labels)


@pytest.mark.parametrize(("name", "metric"), METRICS.items())
def test_a_metric_is_scraped_under_its_documented_name(name: str, metric: Metric) -> None:
    assert f"# TYPE {name} {metric.type}\n" in generate_latest().decode()
