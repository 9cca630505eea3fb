"""The deployment files, and compose's way of filling in variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}")


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return content


def example() -> dict[str, str]:
    """The variables of `.env.example`."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def optional() -> dict[str, str]:
    """The variables that `.env.example` has behind a #: nothing needs them."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(found.groups() for line in lines if (found := re.fullmatch(r"#([A-Z_]+)=(.*)", line)))


def variables() -> set[str]:
    """The variables that compose asks for."""
    return {found[1] for found in _VARIABLE.finditer((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))}


def filled(value: object, given: Mapping[str, str]) -> str:
    """`value` with its variables as compose fills them; LookupError where one is required and empty."""

    def fill(found: re.Match[str]) -> str:
        name, operator, operand = found.groups()
        if not given.get(name) and operator == ":?":
            raise LookupError(f"{name}: {operand}")
        return given.get(name) or (operand if operator == ":-" else "")

    return _VARIABLE.sub(fill, str(value))
