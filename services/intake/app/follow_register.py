"""Follows the register of estates, which projects keeps: intake knows an estate by what is published of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.chassis.database.work import Work
from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.contracts.event import Envelope

RegisterFact = EstateRegistered | EstateRemoved


class RegisterBook(Protocol):
    def keep(self, work: Work, newest: Sequence[RegisterFact]) -> None:
        """Stores what is newer than what is known, one fact of each estate, in the order of their ids."""


@dataclass(frozen=True, slots=True)
class FollowRegister:
    """Handles batches of the topic `estates`, in any order; of each estate the newest version counts."""

    book: RegisterBook

    def __call__(self, envelopes: Sequence[Envelope], work: Work) -> None:
        newest: dict[str, RegisterFact] = {}
        for envelope in envelopes:
            fact = envelope.event
            assert isinstance(fact, RegisterFact)
            known = newest.get(fact.estate_id)
            if known is None or known.version < fact.version:
                newest[fact.estate_id] = fact
        self.book.keep(work, [newest[one] for one in sorted(newest)])
