"""What every tier shares: the fixtures of the harness, the guard, markers that follow from the folder, the order."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

gc.disable()  # until all tests are collected: nothing of what that makes is ever garbage, and looking halves its pace

pytest_plugins = ["pytester", "tests.harness.tier_guard", "tests.harness.commands", "tests.harness.fixtures"]

settings.register_profile("on a busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("on a busy machine")

_MARKS = {"kafka": "kafka", "kafka/faults": "long"}
"""By folder."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for folder, mark in _MARKS.items():
            if Path(__file__).parent / folder in item.path.parents:
                item.add_marker(mark)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)  # stable: the rest stays in its random order
