"""Ballots that an owner would ask about: entered after closing, or after the counting party saw how the vote stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database.work import Work
from services.projects.app.consultation.ports import ByHand, ConsultationBook, Look
from services.projects.domain.consultation.admission import entered_late
from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.course import Consultation

MOST = 1_000
"""So many are listed."""


@dataclass(frozen=True, slots=True)
class LateEntries:
    """`look`: the first while voting was open. A ballot may stand in both lists. `more`: there are others, in the
    record."""

    after_closing: Sequence[Ballot] = ()
    after_look: Sequence[Ballot] = ()
    look: Look | None = None
    more: bool = False


def late_entries(work: Work, book: ConsultationBook, consultation: Consultation) -> LateEntries:
    """Of ballots entered by hand; those cast by a code are their owners' own, and what another system exports after
    it held the vote is not late."""
    if consultation.announced is None:
        return LateEntries()
    look, opening = book.first_look(work, consultation.id), consultation.opening
    seen = look.ballots if look else book.chain(work, consultation.id).ballots
    asked = ByHand(consultation.announced.closes_at, opening.held_in is not None, seen, MOST + 1)
    found = book.entered_by_hand(work, consultation.id, asked)
    late = [one for one in found[:MOST] if entered_late(one, opening)]
    return LateEntries(late, [one for one in found[:MOST] if one.number > seen], look, len(found) > MOST)
