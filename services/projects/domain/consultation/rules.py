"""What an item needs to pass, as data. The default rules are in data/consultation_rules.yaml."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from services.projects.domain.consultation.electorate import Level

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]


class CountBy(StrEnum):
    """`contracts`: each part bears one contract (a tenancy), whoever holds it."""

    AREA = "area"
    HEADS = "heads"
    CONTRACTS = "contracts"


class Counted(StrEnum):
    """What stands above the line."""

    TAKING_PART = "taking_part"
    AGREEING = "agreeing"


class Denominator(StrEnum):
    """What stands below the line: everybody, or those who took part."""

    ALL = "all"
    PARTICIPANTS = "participants"


class Comparison(StrEnum):
    """以上 includes the number, 超过 and 过半数 do not (Civil Code art. 1259)."""

    AT_LEAST = ">="
    MORE_THAN = ">"


class Again(StrEnum):
    """Which of several votes of one part and one origin counts."""

    FIRST = "first"
    LAST = "last"
    REFUSE = "refuse"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Data):
    """`counted` over `denominator`, both by `count` in `electorate`, compared with num/den. `basis` is the law."""

    name: Name
    electorate: Level = Level.ESTATE
    counted: Counted = Counted.AGREEING
    count: CountBy
    denominator: Denominator
    op: Comparison
    num: PositiveInt
    den: PositiveInt
    basis: Name

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.num > self.den or (self.num == self.den and self.op is Comparison.MORE_THAN):
            raise ValueError(f"{self.op} {self.num}/{self.den} can never be met")
        if self.counted is Counted.TAKING_PART and self.denominator is Denominator.PARTICIPANTS:
            raise ValueError("taking_part over participants is always 1: say all")
        return self


class Silence(_Data):
    """A ballot that was delivered and not answered takes part and follows the majority.

    Only where the owners' rules of procedure say so, and only if the ballot said so (`warned`).
    """

    follows: Literal["majority"]
    warned: bool
    basis: Name


class Duplicates(_Data):
    """Which vote of a part counts: valid before invalid, then the `origins` in their order, then time."""

    origins: tuple[Literal["paper", "electronic"], ...]
    again: Again

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.origins)) < len(self.origins):
            raise ValueError("origins holds one twice")
        return self


class Periods(_Data):
    """Days between announcement and opening, and for which voting is open."""

    notice_days: int = Field(ge=0, le=365)
    least_open_days: int = Field(ge=0, le=365)
    most_open_days: int = Field(ge=1, le=365)
    basis: Name

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least_open_days > self.most_open_days:
            raise ValueError("least_open_days is above most_open_days")
        return self


class ConsultationRule(_Data):
    """All `conditions` must be met. `silence`: None where silence is no answer. `proxy`: in writing, or not at all."""

    name: Name
    version: PositiveInt
    conditions: tuple[Condition, ...] = Field(min_length=1)
    silence: Silence | None
    invalid_takes_part: bool
    duplicates: Duplicates
    proxy: Literal["written", "none"]
    periods: Periods | None = None

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [condition.name for condition in self.conditions]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two conditions are called {twice}")
        return self

    @property
    def levels(self) -> tuple[Level, ...]:
        """The electorates that decide, each once, the widest first."""
        asked = {condition.electorate for condition in self.conditions}
        return tuple(level for level in Level if level in asked)
