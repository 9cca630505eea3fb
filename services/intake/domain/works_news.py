"""News of works: changes of a project, disturbance, defect, vote, need or case of which callers are notified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

STOPPED: Final = frozenset({"suspended", "cancelled"})
"""States of a project in which nothing goes on."""


class Of(StrEnum):
    """What the news is of."""

    PROJECT = "project"
    IMPACT = "impact"
    DEFECT = "defect"
    VOTE = "vote"
    NEED = "need"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class WorksNews:
    """`id` is the own one of the project, disturbance, defect, vote, need or case; the last two have no project.

    `left`: the state before; `kind`: of a disturbance. `facts`: what the words are made of, beside the ticket's.
    """

    of: Of
    id: str
    project_id: str
    version: int
    state: str
    left: str | None = None
    kind: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownWorks:
    """The newest known state of one of them. `ends`: of a disturbance or a vote."""

    version: int
    state: str
    ends: datetime | None = None


class WorksTrigger(BaseModel):
    """Which news a row of the table is for: one of these states, or any but those left; these kinds of disturbances."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: Of
    states: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    kinds: tuple[str, ...] = Field(())

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.states) == bool(self.left):
            raise ValueError("works: give either states, or those that were left")
        if self.kinds and self.of is not Of.IMPACT:
            raise ValueError("works: kinds are of disturbances alone")
        return self

    def fits(self, news: WorksNews) -> bool:
        moved = news.left in self.left and news.state not in self.left
        return (
            news.of is self.of
            and (news.state in self.states if self.states else moved)
            and (not self.kinds or news.kind in self.kinds)
        )

    def still_holds(self, known: KnownWorks, now: datetime) -> bool:
        """Whether it is still so; of a disturbance that is over nobody is warned any more."""
        if known.ends is not None and known.ends <= now:
            return False
        return known.state in self.states if self.states else known.state not in STOPPED
