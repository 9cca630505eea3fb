"""Rules for tests: those of the service, with another way of detection."""

from __future__ import annotations

from typing import Any

from services.projects.domain.rules import RuleBook, Rules, book_of
from services.projects.files.rules import FILE, load_rules


def edition(version: int = 1, effective_from: str = "2000-01-01", **detection: Any) -> Rules:
    """An edition with these fields of `detection` and no other."""
    values = load_rules(FILE).newest.model_dump()
    return Rules.model_validate(values | {"version": version, "effective_from": effective_from, "detection": detection})


def book(**detection: Any) -> RuleBook:
    return book_of(edition(**detection))
