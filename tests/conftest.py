"""What every tier shares: the fixtures of the harness, the guard, and the markers that follow from the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester", "tests.harness.tier_guard", "tests.harness.fixtures"]

_MARKED_FOLDERS = ("kafka", "chaos")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for folder in _MARKED_FOLDERS:
            if Path(__file__).parent / folder in item.path.parents:
                item.add_marker(folder)
