"""A story: one fault of the district, how people speak of it, and what the departments will do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

Kind = Literal["service", "project", "rule", "explain"]


@dataclass(frozen=True, slots=True)
class Cure:
    """One answer to the fault: the decision, and how long it takes until it is done.

    `holds` says whether it removes the cause. `preparation_days` pass from the decision to the start of the works (of
    a service or a rule: until it is done), `works_days` from there to their acceptance.
    """

    kind: Kind
    reason: str
    holds: bool = True
    preparation_days: int = 150
    works_days: int = 100
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """`calls_a_month` (30 days) while the fault is there, times the `season` of the calendar month.

    It begins within three weeks of `begins`, in an estate that the seed chooses, and hits `households` homes there.
    `what` each names the matter so that a stranger knows its type; `so` is what it does to people. `cures` are tried
    in turn, the last one again and again. `after` is the part of the calls that remains when the cause is cured:
    habit, single cases.
    """

    key: str
    title_cn: str
    title_en: str
    type_code: str
    begins: date
    what: tuple[str, ...]
    so: tuple[str, ...]
    cures: tuple[Cure, ...]
    calls_a_month: float
    households: int
    season: Mapping[int, float] = field(default_factory=lambda: dict.fromkeys(range(1, 13), 1.0))
    repeat_share: float = 0.25
    after: float = 0.1


def all_stories() -> tuple[Story, ...]:
    """Every story of `demo.stories`, one a file, in the order of their beginnings."""
    package = import_module("demo.stories")
    modules = (import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__))
    return tuple(sorted((module.STORY for module in modules), key=lambda story: (story.begins, story.key)))
