"""Progress (形象进度): accepted over contracted quantity, weighted by cost. Nobody types a percentage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from services.projects.domain.works.inspections import NEVER_INSPECTED, ItemStanding
from services.projects.domain.works.items import WorksItem


class Progress(NamedTuple):
    """In fen. `dropped`: items that are in neither sum, because they are not built."""

    accepted: Decimal = Decimal(0)
    contracted: Decimal = Decimal(0)
    dropped: tuple[str, ...] = ()

    @property
    def share(self) -> Decimal | None:
        """0 to 1; None when nothing was contracted."""
        return self.accepted / self.contracted if self.contracted else None

    def plus(self, other: Progress) -> Progress:
        return Progress(
            self.accepted + other.accepted, self.contracted + other.contracted, self.dropped + other.dropped
        )


def progress_by_block(
    items: Iterable[WorksItem], standings: Mapping[str, ItemStanding], accepted: Collection[str | None] = ()
) -> Mapping[str | None, Progress]:
    """By block; under None: in the grounds of the estate. More than was contracted counts as contracted.

    `accepted`: the blocks that were accepted. What was built there stays built: what an inspection finds afterwards is
    a defect under warranty.
    """
    found = defaultdict[str | None, Progress](Progress)
    for item in items:
        standing = standings.get(item.id, NEVER_INSPECTED)
        good = standing.once_accepted if item.block in accepted else standing.accepted
        found[item.block] = found[item.block].plus(_of(item, good))
    return found


def _of(item: WorksItem, good: Decimal) -> Progress:
    if item.dropped is not None:
        return Progress(dropped=(item.id,))
    return Progress(min(good, item.contracted) * item.unit_cost, item.cost)
