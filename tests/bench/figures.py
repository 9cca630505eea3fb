"""One JSON line a figure: name, value, unit, and the conditions it holds under."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

BROKER = "Apache Kafka 4.1.0, one node, loopback"
DATABASE = "PostgreSQL 18"


def figure(name: str, value: float, unit: str, **conditions: Any) -> None:
    fields = {"name": name, "value": round(value, 3), "unit": unit, "broker": BROKER, "database": DATABASE}
    print(json.dumps(fields | {"cores": os.cpu_count()} | conditions, ensure_ascii=False), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
