"""A story: one fault in the district, how residents describe it, and what the departments do about it."""

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
    """One response to the fault: the decision, and how long it takes to carry out.

    `unclear`: what residents agreed to did not say what goes, so they stop the works, and are asked again.
    `holds` says whether it removes the cause. `preparation_days` is the time from the decision to the start of works
    (for a service or a rule: until it is done), `works_days` the time from there to their acceptance.
    """

    kind: Kind
    reason: str
    holds: bool = True
    preparation_days: int = 150
    works_days: int = 100
    elements: tuple[str, ...] = ()
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """While the fault exists, residents make `calls_a_month` (per 30 days) times the `season` of the calendar month.

    It begins within three weeks of `begins`, in an estate chosen by the seed, and affects `households` homes there.
    Each phrase in `what` states the problem clearly enough to tell its type; `so` holds its consequences. `cures` are
    tried in order, the last one repeatedly. `after` is the share of calls that remains once the cause is removed.
    `like` is the key of a story of the same type: this one takes place in another sub-district than all others like it.
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
    like: str | None = None


def all_stories() -> tuple[Story, ...]:
    """Every story in `demo.stories`, ordered by when it begins; those that are like another one last."""
    package = import_module("demo.stories")
    modules = (import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__))
    return tuple(sorted((module.STORY for module in modules), key=_order))


def _order(story: Story) -> tuple[bool, date, str]:
    return story.like is not None, story.begins, story.key
