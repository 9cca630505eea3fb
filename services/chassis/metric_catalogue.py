"""How a metric is declared, so that it is scraped and documented by one declaration."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram

_LATENCY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is scraped, for its documentation."""

    type: str
    help: str
    labels: tuple[str, ...]


METRICS: dict[str, Metric] = {}
"""Every metric by the name it is scraped under."""


def counter(name: str, text: str, *labels: str) -> Counter:
    METRICS[name] = Metric("counter", text, labels)
    return Counter(name, text, labels)


def gauge(name: str, text: str, *labels: str) -> Gauge:
    METRICS[name] = Metric("gauge", text, labels)
    return Gauge(name, text, labels)


def histogram(name: str, text: str, *labels: str) -> Histogram:
    METRICS[name] = Metric("histogram", text, labels)
    return Histogram(name, text, labels, buckets=_LATENCY)


def catalogue() -> str:
    """The metrics as a page of documentation."""
    rows = (
        f"| `{name}` | {metric.type} | {', '.join(f'`{label}`' for label in metric.labels) or '–'} | {metric.help} |"
        for name, metric in METRICS.items()
    )
    head = "# Metrics\n\nMade by `python -m services.chassis.metrics`; every service shows its own at `/metrics`.\n"
    return "\n".join((head, "| name | type | labels | meaning |", "|---|---|---|---|", *rows)) + "\n"
