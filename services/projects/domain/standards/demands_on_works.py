"""What the standards in force ask of works: the menu that they pick from, and papers and meetings before a step.

Works start from what was in force on the day on which their project was opened, as it was known then; later versions
are shown beside it and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from services.contracts.districts import SHANGHAI
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import MenuContent, MenuItem, menu_as_of
from services.projects.domain.standards.standard import Edition, Standard
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.gates import GATES, Gate
from services.projects.domain.works.papers import PaperKind

Kind = TypeVar("Kind", PaperKind, MeetingKind)


@dataclass(frozen=True, slots=True)
class Demands:
    """`by`: the versions that ask it, with their standards."""

    papers: Mapping[Gated, frozenset[PaperKind]] = field(default_factory=dict)
    meetings: Mapping[Gated, frozenset[MeetingKind]] = field(default_factory=dict)
    by: tuple[tuple[Standard, Edition], ...] = ()


def in_force(standards: Iterable[Standard], day: date, known: datetime) -> list[tuple[Standard, Edition]]:
    """Of each standard the version in force on a day, as it was known at a moment; what came last, last."""
    found = [(one, edition) for one in standards if (edition := one.in_force(day, known))]
    return sorted(found, key=lambda pair: (str(pair[1].effective_from), pair[0].id))


def in_force_at(standards: Iterable[Standard], moment: datetime) -> list[tuple[Standard, Edition]]:
    """On the day of a moment, as it was known then."""
    return in_force(standards, moment.astimezone(SHANGHAI).date(), moment)


def asked(standards: Iterable[Standard], began: datetime, elements: Set[str]) -> Demands:
    """Of works with these elements, whose project was opened at a moment."""
    by = [
        (standard, edition)
        for standard, edition in in_force_at(standards, began)
        if not edition.content.elements or elements & set(edition.content.elements)
    ]
    papers = [edition.content.papers for _, edition in by]
    meetings = [edition.content.meetings for _, edition in by]
    return Demands(joined(papers), joined(meetings), tuple(by))


def joined(asked: Sequence[Mapping[Gated, frozenset[Kind]]]) -> Mapping[Gated, frozenset[Kind]]:
    """All that is asked, step by step."""
    found: dict[Gated, frozenset[Kind]] = {}
    for one in asked:
        for step, kinds in one.items():
            found[step] = found.get(step, frozenset()) | kinds
    return found


def menu_of(
    base: Iterable[MenuItem], standards: Iterable[Standard], now: datetime, began: datetime
) -> Mapping[str, MenuItem]:
    """The menu of today with the rows of the standards that were in force when the works began; by code.

    A standard's row takes the place of the base menu's; of two standards that of the one in force last.
    """
    day = now.astimezone(SHANGHAI).date()
    return _ruled(menu_as_of(base, day, day), in_force_at(standards, began))


def menu_known(
    base: Iterable[MenuItem], standards: Iterable[Standard], day: date, known: datetime
) -> Mapping[str, MenuItem]:
    """The menu in force on a day, as it was known at a moment; by code."""
    return _ruled(menu_as_of(base, day, known.astimezone(SHANGHAI).date()), in_force(standards, day, known))


def _ruled(menu: Mapping[str, MenuItem], by: Iterable[tuple[Standard, Edition]]) -> Mapping[str, MenuItem]:
    rows = dict(menu)
    for _, edition in by:
        for row in edition.content.menu:
            rows.pop(row.code, None)
            if not row.withdrawn:
                rows[row.code] = menu_item(row, edition)
    return {code: rows[code] for code in sorted(rows)}


def menu_item(row: MenuContent, edition: Edition) -> MenuItem:
    """A row as its issue made it part of the menu."""
    assert edition.issued_at
    assert edition.effective_from
    return MenuItem(
        **row.model_dump(),
        version=edition.menu_versions[row.code],
        known_from=edition.issued_at.astimezone(SHANGHAI).date(),
        in_force_from=edition.effective_from,
    )


def without_gate(papers: Iterable[Gated], meetings: Iterable[Gated]) -> list[Gated]:
    """The steps of works at which nobody looks for papers or meetings."""
    return [
        *(step for step in papers if Gate.PAPERS_THERE not in GATES[step]),
        *(step for step in meetings if Gate.MEETINGS_HELD not in GATES[step]),
    ]
