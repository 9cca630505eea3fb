"""On which occasions callers are notified, when, and how often at most (docs/domain.md §10.4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, PositiveInt, model_validator

from services.contracts.hot_issue_events import DecisionKind
from services.contracts.quiet_hours import Quiet
from services.intake.domain.follow_up import Stage
from services.intake.domain.occasion import LANGUAGES, Audience, Language, Occasion, Question, Row, fields_of
from services.intake.domain.steps import TicketStep
from services.intake.domain.telling import Way
from services.intake.domain.works_news import WorksNews


class TellingLimit(Row):
    """At most so many messages to one person in any such span of time."""

    most: PositiveInt
    hours: PositiveInt
    source: str


class Limits(Row):
    """Urgent messages count among themselves, so that others never use up their share."""

    usual: Annotated[tuple[TellingLimit, ...], Field(min_length=1)]
    urgent: Annotated[tuple[TellingLimit, ...], Field(min_length=1)]

    def of(self, occasion: Occasion) -> tuple[TellingLimit, ...]:
        return self.urgent if occasion.urgent else self.usual


class WordsOf(Row):
    """What surrounds the words of an occasion. `questions` may use {link}, and on the telephone must not; `frames` put
    {text} into a letter or a talk."""

    questions: Mapping[Question, Mapping[Language, Mapping[Way, str]]]
    frames: Mapping[Language, Mapping[Way, str]]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for language in LANGUAGES:
            for way in Way:
                frame = self.frames.get(language, {}).get(way, "")
                if fields_of(frame) != {"text"}:
                    raise ValueError(f"frames.{language}.{way}: must have {{text}} and no other field")
                for question in Question:
                    asked = self.questions.get(question, {}).get(language, {}).get(way, "")
                    if not asked or fields_of(asked) != (set() if way is Way.CALL else {"link"}):
                        why = "must ask, in writing with {link}, and by call without"
                        raise ValueError(f"questions.{question}.{language}.{way}: {why}")
        return self


class Occasions(Row):
    """The whole table. Of several rows for a step or a stage the first that fits counts."""

    version: PositiveInt
    quiet: Quiet
    limits: Limits
    words: WordsOf
    occasions: tuple[Occasion, ...]

    @model_validator(mode="after")
    def _once(self) -> Self:
        codes = [one.code for one in self.occasions]
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"occasions: {', '.join(sorted(twice))} stands twice")
        return self

    def ways_of(self, code: str) -> tuple[Way, ...]:
        """The ways of an occasion; none of one that the table does not have (any more)."""
        occasion = self.find(code)
        return occasion.ways if occasion else ()

    def find(self, code: str) -> Occasion | None:
        """None for a code that the table does not have (any more)."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> Mapping[str, Occasion]:
        return {one.code: one for one in self.occasions}

    @cached_property
    def _by_step(self) -> Mapping[TicketStep, Occasion]:
        return {step: one for one in reversed(self.occasions) for step in one.steps}

    def of_step(self, step: TicketStep) -> Occasion | None:
        return self._by_step.get(step)

    def of_works(self, audience: Audience, news: WorksNews) -> Occasion | None:
        fitting = (one for one in self.occasions if one.audience is audience and one.works and one.works.fits(news))
        return next(fitting, None)

    def of_stage(
        self,
        stage: Stage,
        before: Stage,
        state: str,
        decision: DecisionKind | None,
        *,
        joining: bool = False,
        scheduled: bool = False,
    ) -> Occasion | None:
        """`state` and `decision` are the hot issue's."""
        return next(
            (
                one
                for one in self.occasions
                if stage in one.stages and one.when.holds(state, decision, before, joining=joining, scheduled=scheduled)
            ),
            None,
        )
