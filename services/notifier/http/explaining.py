"""The rules by which officers are notified, and who would be notified of an event and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.chassis.messaging.errors import Reject
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.notifier.app.explain import Explain, Explanation
from services.notifier.app.explained import UnknownEvent, fact_of
from services.notifier.app.posts_of_fact import UnitPost
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.officer_notice import Pressure
from services.notifier.domain.telling_rules import ChainStep, TellingRule, Together

RuleAsker = Annotated[Actor, Depends(require(Role.HUB, Role.ADMIN))]
RuleReader = Annotated[Actor, Depends(require(Role.HUB, Role.SUPERVISOR, Role.ADMIN))]


class ChainStepOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    of: str
    post: Post
    within: timedelta


class RuleOut(BaseModel):
    """A rule as it stands in the file; `filters` are those that it sets."""

    rule: str
    event: str
    filters: dict[str, Any]
    to: dict[str, list[Post]]
    template: str
    pressure: Pressure
    together: Together
    channels: list[OfficerChannel] | None
    read_within: timedelta | None
    chain: list[ChainStepOut]


class EditionOut(BaseModel):
    version: int
    effective_from: date
    rules: list[RuleOut]


class EditionList(BaseModel):
    """The oldest first."""

    items: list[EditionOut]


class EventIn(BaseModel):
    """An event as it would stand on its topic."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(max_length=100, description="Such as ticket.clock_breached.v1.")
    time: AwareDatetime = Field(description="When it was recorded: the rules in force then count.")
    event: dict[str, Any] = Field(description="Its body.")


class PostOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    unit: str
    post: Post


class VerdictOut(BaseModel):
    """`misfits`: the filters that do not fit, so that the rule tells nobody. `hidden`: who may not hear of it."""

    rule: str
    template: str
    filters: list[str]
    misfits: list[str]
    told: list[PostOut]
    hidden: list[PostOut]
    chain: list[list[PostOut]]


class RouteOut(BaseModel):
    to: list[str]
    filters: list[str]
    misfits: list[str]
    units: list[str]


class ExplanationOut(BaseModel):
    """`version`: the rule set in force; null if there was none yet. `units`: all that hear of it."""

    version: int | None
    units: list[str]
    routes: list[RouteOut]
    rules: list[VerdictOut]


def explaining_routes(explain: Explain) -> APIRouter:
    router = APIRouter(prefix="/telling-rules", tags=["telling"])

    @router.get("")
    def list_rules(_: RuleReader) -> EditionList:
        """The rule sets for officers with their versions and the days from which they count."""
        return EditionList(
            items=[
                EditionOut(
                    version=one.version,
                    effective_from=one.effective_from,
                    rules=[rule_shown(rule) for rule in one.rules],
                )
                for one in explain.rules.editions
            ]
        )

    @router.post("/explain")
    def explain_event(_: RuleAsker, body: EventIn) -> ExplanationOut:
        """Who would be notified of an event and why, and who not and why. Nothing is kept or sent."""
        return explanation_shown(explained(explain, body.type, body.event, body.time))

    return router


def explained(explain: Explain, event_type: str, body: dict[str, Any], at: datetime) -> Explanation:
    """Raises Problem 422 that names the field; what was given is not repeated."""
    try:
        return explain(fact_of(event_type, body), at)
    except UnknownEvent as unknown:
        fault = {"loc": ("body", "type"), "type": "value_error", "msg": str(unknown)}
    except Reject:
        fault = {"loc": ("body", "event"), "type": "value_error", "msg": "names a unit or a place that we do not have"}
    except ValidationError as wrong:
        raise invalid([{**one, "loc": ("body", "event", *one["loc"])} for one in wrong.errors()]) from None
    raise invalid([fault])


def rule_shown(rule: TellingRule) -> RuleOut:
    return RuleOut(
        rule=rule.rule,
        event=rule.event,
        filters={name: getattr(rule, name) for name in rule.filters},
        to={who: list(posts) for who, posts in [*rule.to.items(), *rule.named.items()]},
        template=rule.template,
        pressure=rule.pressure,
        together=rule.together,
        channels=None if rule.channels is None else list(rule.channels),
        read_within=rule.read_within,
        chain=[_step_shown(step) for step in rule.chain],
    )


def _step_shown(step: ChainStep) -> ChainStepOut:
    return ChainStepOut(of=step.of, post=step.post, within=step.within)


def explanation_shown(found: Explanation) -> ExplanationOut:
    return ExplanationOut(
        version=found.version,
        units=list(found.heard),
        routes=[
            RouteOut(
                to=[*one.route.to, *one.route.named],
                filters=list(one.route.filters),
                misfits=list(one.misfits),
                units=list(one.units),
            )
            for one in found.routes
        ],
        rules=[
            VerdictOut(
                rule=one.rule.rule,
                template=one.rule.template,
                filters=list(one.rule.filters),
                misfits=list(one.misfits),
                told=_posts(one.seats.notified),
                hidden=_posts(one.seats.hidden),
                chain=[_posts(turn.seats.notified) for turn in one.chain],
            )
            for one in found.rules
        ],
    )


def _posts(seats: Sequence[UnitPost]) -> list[PostOut]:
    return [PostOut(unit=seat.unit, post=seat.post) for seat in seats]
