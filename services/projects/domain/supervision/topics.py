"""Topics of supervision, the inspections on site, and the suggestions that may become topics."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.contracts.supervision_events import SupervisingParty
from services.contracts.taxonomy import Area, taxonomy
from services.contracts.ticket_events import Place


class SupervisionArea(StrEnum):
    """The three key areas (docs/domain.md §1.1): 小区管理, 美丽家园, 市场秩序."""

    ESTATE = "estate"
    HOME = "home"
    MARKET = "market"


TYPES_OF: Mapping[SupervisionArea, Area] = {
    SupervisionArea.ESTATE: Area.ESTATE,
    SupervisionArea.HOME: Area.REPAIR,
    SupervisionArea.MARKET: Area.MARKET,
}


def of_area(type_code: str, area: SupervisionArea) -> bool:
    """Whether it is a type of the taxonomy, and of this area."""
    return type_code in taxonomy().types and type_code.startswith(TYPES_OF[area])


class TopicState(StrEnum):
    SET = "set"
    INSPECTED = "inspected"
    OPINED = "opined"
    CLOSED = "closed"


TOPIC_STEPS: Mapping[TopicState, frozenset[TopicState]] = {
    TopicState.SET: frozenset({TopicState.INSPECTED, TopicState.OPINED, TopicState.CLOSED}),
    TopicState.INSPECTED: frozenset({TopicState.OPINED, TopicState.CLOSED}),
    TopicState.OPINED: frozenset({TopicState.CLOSED}),
    TopicState.CLOSED: frozenset(),
}


@dataclass(slots=True)
class SupervisionTopic:
    id: str
    party: SupervisingParty
    area: SupervisionArea
    title: str
    why: str
    opened_at: datetime
    type_code: str | None = None
    state: TopicState = TopicState.SET
    closed_because: str | None = None
    version: int = 1

    def reach(self, state: TopicState) -> bool:
        """Whether it went on to this state; one that is as far or further stays."""
        if state not in TOPIC_STEPS[self.state]:
            return False
        self.state = state
        self.version += 1
        return True


class InspectorRole(StrEnum):
    DEPUTY = "deputy"
    OFFICIAL = "official"
    EXPERT = "expert"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class InspectorGroup:
    """`number` people of a role; of a department if of one."""

    role: InspectorRole
    unit: str | None
    number: int


@dataclass(frozen=True, slots=True)
class SiteFinding:
    note: str
    photographs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteInspection:
    """`id` is the inspectors' own, so that the same again is one."""

    id: str
    topic_id: str
    place: Place
    units: tuple[str, ...]
    people: tuple[InspectorGroup, ...]
    made_at: datetime
    findings: tuple[SiteFinding, ...]


def inspecting_themselves(people: Sequence[InspectorGroup], units: Collection[str]) -> list[int]:
    """Which of the people are of an inspected unit: by their place in the list."""
    return [number for number, one in enumerate(people) if one.unit in units]


class SuggestionOrigin(StrEnum):
    DEPUTY = "deputy"
    RESIDENT = "resident"


class SuggestionState(StrEnum):
    RECEIVED = "received"
    TAKEN_UP = "taken_up"
    DECLINED = "declined"


SUGGESTION_STEPS: Mapping[SuggestionState, frozenset[SuggestionState]] = {
    SuggestionState.RECEIVED: frozenset({SuggestionState.TAKEN_UP, SuggestionState.DECLINED}),
    SuggestionState.TAKEN_UP: frozenset(),
    SuggestionState.DECLINED: frozenset(),
}


@dataclass(slots=True)
class Suggestion:
    """`deputy` is the subject of the token of who made it, if a deputy did."""

    id: str
    party: SupervisingParty
    origin: SuggestionOrigin
    subject: str
    reason: str
    countermeasure: str
    received_at: datetime
    deputy: str | None = None
    state: SuggestionState = SuggestionState.RECEIVED
    topic_id: str | None = None
    declined_because: str | None = None
    version: int = 1

    def settle(self, state: SuggestionState, *, topic_id: str | None = None, because: str | None = None) -> bool:
        """False, and nothing changes, if the table has no such step."""
        if state not in SUGGESTION_STEPS[self.state]:
            return False
        self.state, self.topic_id, self.declined_because = state, topic_id, because
        self.version += 1
        return True
