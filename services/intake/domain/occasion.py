"""One occasion for a message to callers: what triggers it, on which channels, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from services.contracts.hot_issue_events import DecisionKind
from services.intake.domain.follow_up import STAGE_OF, Stage
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.domain.telling import Way
from services.intake.domain.works_news import Of, WorksTrigger

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

Text = str | Mapping[Way, str]
"""The same words for every way, or those of each way of the occasion."""


class Audience(StrEnum):
    """`CALLER`: whose ticket it is. `FOLLOWERS`: every caller of the hot issue.

    Of works: `COMPLAINANTS` have complained of them and follow none of the issues that they are to cure; `CONCERNED`
    are those and the followers of these issues; `REPORTER`: whose complaint showed the defect.
    """

    CALLER = "caller"
    FOLLOWERS = "followers"
    CONCERNED = "concerned"
    COMPLAINANTS = "complainants"
    REPORTER = "reporter"


class Question(StrEnum):
    """What a message asks: how the ticket went (the visit back), or whether the cure solved it."""

    VISIT = "visit"
    SOLVED = "solved"


class Each(StrEnum):
    """How often a ticket's caller is notified: once a ticket, each redo, each limit, each pause, or each such step."""

    TICKET = "ticket"
    REDO = "redo"
    LIMIT = "limit"
    PAUSE = "pause"
    STEP = "step"


class Row(BaseModel):
    """A part of the table: immutable, and a field that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class When(Row):
    """What must hold of the hot issue; one that is not named always does.

    `state` and `decision` are the issue's, `after` the stage that the follow-up had before; `joining`: the caller has
    just joined it; `scheduled`: the day on which its works are to start is known.
    """

    state: tuple[str, ...] = ()
    decision: tuple[DecisionKind, ...] = ()
    after: tuple[Stage, ...] = ()
    joining: bool | None = None
    scheduled: bool | None = None

    @field_validator("state")
    @classmethod
    def _known(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(states) - STAGE_OF.keys():
            raise ValueError(f"{', '.join(sorted(unknown))}: no state of a hot issue")
        return states

    def holds(
        self, state: str, decision: DecisionKind | None, before: Stage, *, joining: bool, scheduled: bool
    ) -> bool:
        return (
            (not self.state or state in self.state)
            and (not self.decision or decision in self.decision)
            and (not self.after or before in self.after)
            and self.joining in (None, joining)
            and self.scheduled in (None, scheduled)
        )


OF_TICKET: Final = frozenset({"number", "type"})
OF_ISSUE: Final = frozenset({"number", "type", "place", "count", "reason"})
OF_WORKS: Final[Mapping[Of, frozenset[str]]] = {
    Of.PROJECT: frozenset({"number", "type", "place"}),
    Of.IMPACT: frozenset({"number", "type", "place", "cut", "blocks", "begin", "end"}),
    Of.DEFECT: frozenset({"number", "type"}),
    Of.VOTE: frozenset({"number", "type", "place", "begin", "end"}),
    Of.NEED: frozenset({"number", "type", "place", "year"}),
    Of.CASE: frozenset({"number", "type"}),
}
OF_REPORTERS: Final = frozenset({Of.DEFECT, Of.NEED})
WITH_LIMIT: Final = frozenset(
    {
        TicketStep.DISPATCH,
        TicketStep.REDISPATCH,
        TicketStep.UPHOLD_RETURN,
        TicketStep.GRANT_EXTENSION,
        TicketStep.RESUME,
        TicketStep.ORDER_REDO,
    }
)
"""After these steps a ticket has a limit; the return that is upheld is followed by a dispatch at once."""


def fields_of(template: str) -> set[str]:
    """The names in braces. Raises ValueError for braces that do not close."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


class Occasion(Row):
    """`steps`, `stages` or `works` are its trigger. It is sent while the ticket is in one of the states `holds_in`, the
    follow-up at the stage, or the works as they were; after that a message that still waits is withheld. `city_tells`:
    for a ticket of the city's hotline the city tells its caller.
    """

    code: str = Field(pattern=r"^[a-z][a-z ]{2,30}$")
    audience: Audience
    steps: tuple[TicketStep, ...] = ()
    stages: tuple[Stage, ...] = ()
    works: WorksTrigger | None = None
    when: When = When()
    each: Each | None = None
    holds_in: tuple[TicketState, ...] = ()
    ways: Annotated[tuple[Way, ...], Field(min_length=1)]
    asks: Question | None = None
    urgent: bool = False
    wait_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    city_tells: bool = True
    source: str
    zh: Text
    en: Text

    @model_validator(mode="after")
    def _whole(self) -> Self:
        of_caller = self.audience is Audience.CALLER
        of_issue = self.audience is Audience.FOLLOWERS
        triggers = (bool(self.steps), bool(self.stages), self.works is not None)
        if triggers != (of_caller, of_issue, not (of_caller or of_issue)):
            raise ValueError(
                "give `steps` for the caller of a ticket, `stages` for followers of a hot issue, `works` for the others"
            )
        if self.works and (self.works.of in OF_REPORTERS) != (self.audience is Audience.REPORTER):
            raise ValueError("works: a defect and a need are told to who reported them, and nothing else is")
        each_step = self.works is not None and self.each is Each.STEP
        if of_caller != (self.each is not None and not each_step) or of_caller != bool(self.holds_in):
            raise ValueError("each, holds_in: needed for the caller of a ticket, and for nobody else")
        if not of_issue and self.when != When():
            raise ValueError("when: is of hot issues; a step has no such conditions")
        if len(set(self.ways)) != len(self.ways):
            raise ValueError("ways: one stands twice")
        for language in LANGUAGES:
            for way in self.ways:
                self._check(language, way)
        return self

    def _check(self, language: Language, way: Way) -> None:
        text = self.text(language, way)
        if not text:
            raise ValueError(f"{language}: has no words for {way}")
        if lacking := fields_of(text) - self.given:
            named = ", ".join(sorted(f"{{{field}}}" for field in lacking))
            raise ValueError(f"{language}: {named} is not known on this occasion; there are {', '.join(self.given)}")

    def text(self, language: Language, way: Way) -> str:
        """The template; empty if there is none for this way."""
        text: Text = self.zh if language == "zh" else self.en
        return text if isinstance(text, str) else text.get(way, "")

    @property
    def given(self) -> frozenset[str]:
        """The fields that its template may use."""
        if self.works:
            return OF_WORKS[self.works.of]
        if self.stages:
            return OF_ISSUE | {"start"} if self.when.scheduled else OF_ISSUE
        fields = set(OF_TICKET)
        if set(self.steps) <= WITH_LIMIT:
            fields.add("limit")
        if self.steps == (TicketStep.TRANSFER,):
            fields.add("line")
        if self.steps == (TicketStep.REJECT,):
            fields.add("reason")
        return frozenset(fields)
