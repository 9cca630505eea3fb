"""What consultations of a project came to, as the gates of its steps look at it (ADR 42)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from services.projects.domain.consultation.meetings import MeetingKind


class VotedWorks(NamedTuple):
    """`block` None: the whole estate was asked."""

    menu_item: str
    block: str | None


class VotedResult(NamedTuple):
    """`menu_version`: of the menu item, as it was voted on. `place`: in the order of publication."""

    consultation_id: str
    menu_version: int
    passed: bool
    place: int = 0


@dataclass(frozen=True, slots=True)
class Consulted:
    """`latest`: the last published result of each item of the menu. `agreed`: published results in which some item
    passed. `under_way`: consultations that were announced and have not ended. `unanswered`: opinions."""

    latest: Mapping[VotedWorks, VotedResult] = field(default_factory=dict)
    agreed: frozenset[str] = frozenset()
    under_way: frozenset[str] = frozenset()
    annulled: frozenset[str] = frozenset()
    meetings: frozenset[MeetingKind] = frozenset()
    unanswered: frozenset[str] = frozenset()

    def result_of(self, menu_item: str, block: str | None) -> VotedResult | None:
        """The last one. What was voted on for the whole estate holds for each of its blocks."""
        found = (self.latest.get(VotedWorks(menu_item, where)) for where in (block, None))
        return max(filter(None, found), key=lambda one: one.place, default=None)


NOT_CONSULTED = Consulted()


def held(meetings: Iterable[tuple[MeetingKind, date]], scheme_public_on: date | None) -> frozenset[MeetingKind]:
    """The kinds of meetings that were held. A review before the scheme was public was of another scheme, or of none."""
    return frozenset(
        kind
        for kind, on in meetings
        if kind is not MeetingKind.REVIEW or (scheme_public_on is not None and scheme_public_on <= on)
    )
