"""The parties (参建单位) of works: who implements, designs, builds and supervises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.projects.domain.works.defects import WorksParty

UNITS = frozenset(WorksParty) - {WorksParty.RESIDENTS}
"""Those that are units; residents are not."""


class NotApart(ValueError):
    """Who supervises the works must not be who builds them (Construction Law, article 34)."""


@dataclass(frozen=True, slots=True)
class WorksUnit:
    """`code`: its unified social credit code (GB 32100). Another unit in its place is the next version."""

    role: WorksParty
    name: str
    code: str
    version: int = 1


def apart(parties: Iterable[WorksUnit]) -> None:
    """Raises NotApart."""
    codes = {party.role: party.code for party in parties}
    builder, supervisor = codes.get(WorksParty.CONSTRUCTION), codes.get(WorksParty.SUPERVISOR)
    if builder and builder == supervisor:
        raise NotApart(f"{builder} cannot build and supervise the same works")
