"""Events as notifier reads them, and taking a batch of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.wire import unpack_headers
from services.contracts.department_events import TicketAssigned
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.impact_events import WorksImpactChanged
from services.contracts.project_events import ProjectAdvanced
from services.contracts.registry import EVENTS
from services.contracts.standard_events import RolloutChanged, StandardCheckChanged
from services.contracts.supervision_events import SupervisingParty, SupervisionOpinionChanged
from services.contracts.text_events import TicketTextErased, TicketTextRecorded
from services.contracts.ticket_events import Channel, Place, TicketDispatched, Urgency
from services.contracts.works_events import WorksDefectChanged
from services.notifier.wiring import NotifierWiring

SUBSCRIPTION, READINGS = NotifierWiring.of(demo=True).subscriptions
START = datetime(2026, 6, 20, tzinfo=UTC)
QUYANG = Place(sub_district="310109010", estate="quyang-1", estate_name="曲阳一村")


def ticket_id(number: int) -> str:
    return str(UUID(int=number))


def dispatched(
    ticket: int,
    *,
    version: int = 2,
    lead: str = "housing",
    text_version: int = 1,
    co_handlers: tuple[str, ...] = (),
) -> Envelope:
    event = TicketDispatched(
        ticket_id=ticket_id(ticket),
        version=version,
        state="dispatched",
        channel=Channel.PHONE,
        occurred_at=START,
        received_at=START,
        text_version=text_version,
        type_code="MJ01",
        place=QUYANG,
        urgency=Urgency.URGENT,
        lead=lead,
        co_handlers=co_handlers,
    )
    return _envelope(event, version)


def text_of(ticket: int, *, version: int = 1, days: float = 0) -> Envelope:
    event = TicketTextRecorded(
        ticket_id=ticket_id(ticket),
        version=version,
        text=f"屋顶漏水 {ticket}.{version}",
        address="曲阳一村",
        channel=Channel.PHONE,
        occurred_at=START,
    )
    return _envelope(event, version, days)


def erased(ticket: int, version: int = 2) -> Envelope:
    event = TicketTextErased(ticket_id=ticket_id(ticket), version=version)
    return Envelope(deterministic_id("test", event.ticket_id, event.type, version), "/310109/intake", START, event)


def hot_issue(
    kind: type[Event], version: int = 1, *, number: int = 7, lead: str = "housing", place: Place = QUYANG
) -> Envelope:
    fields = {
        "hot_issue_id": str(UUID(int=number)),
        "version": version,
        "state": "any",
        "type_code": "MJ01",
        "place": place,
        "lead": lead,
        "callers": 5,
        "calls": 7,
        "first_at": START,
        "last_at": START,
        "confirmed_at": START,
        "decide_by": START + timedelta(days=14),
        "decision": "project",
        "ticket_id": ticket_id(1),
        "reason": "later call",
        "project_id": str(UUID(int=8)),
    }
    return _envelope(kind.model_validate(fields), version)


def project(
    state: str, version: int = 2, *, after: str = "need", lead: str = "housing", place: Place = QUYANG
) -> Envelope:
    event = ProjectAdvanced(
        project_id=str(UUID(int=8)),
        version=version,
        state=state,
        previous_state=after,
        hot_issues=(str(UUID(int=7)),),
        place=place,
        lead=lead,
    )
    return _envelope(event, version)


def impact(kind: str, state: str = "announced", version: int = 1, breaches: tuple[str, ...] = ()) -> Envelope:
    event = WorksImpactChanged(
        version=version,
        project_id=str(UUID(int=8)),
        impact_id=str(UUID(int=9)),
        kind=kind,
        state=state,
        lead="housing",
        place=QUYANG,
        blocks=("3",),
        announced_at=START,
        starts=START + timedelta(days=4),
        ends=START + timedelta(days=4, hours=6),
        breaches=breaches,
        actor="li",
        at=START,
    )
    return _envelope(event, version)


def late_rollout(sub_district: str, version: int = 3) -> Envelope:
    """A sub-district that did not adopt a standard in time."""
    event = RolloutChanged(
        version=version,
        standard_id=str(UUID(int=14)),
        lead="housing",
        place=Place(sub_district=sub_district),
        state="planned",
        overdue=True,
        actor="clock",
    )
    return _envelope(event, version)


def found_bad(check: int, version: int = 1) -> Envelope:
    """A finding at a sub-district."""
    event = StandardCheckChanged(
        version=version,
        check_id=str(UUID(int=check)),
        standard_id=str(UUID(int=14)),
        lead="housing",
        place=Place(sub_district="310109010"),
        clause="1",
        number=1,
        method="on_site",
        evidence="查看工地",
        checked_on=START.date(),
        valid_until=START.date(),
        state="not_satisfied",
        mend_by=START.date(),
        actor="li",
    )
    return _envelope(event, version)


def clause(step: str, state: str, version: int = 1, after: str | None = None) -> Envelope:
    event = SupervisionOpinionChanged(
        version=version,
        party=SupervisingParty.CONGRESS,
        opinion_id=str(UUID(int=12)),
        topic_id=str(UUID(int=13)),
        number=1,
        clause="年内完成屋面翻修",
        lead="housing",
        state=state,  # type: ignore[arg-type]
        previous_state=after,
        given_at=START,
        step=step,
        actor="zhao",
        at=START,
    )
    return _envelope(event, version)


def defect(state: str, version: int = 1, *, overdue: bool | None = False) -> Envelope:
    event = WorksDefectChanged(
        version=version,
        project_id=str(UUID(int=8)),
        defect_id=str(UUID(int=10)),
        item_id=str(UUID(int=11)),
        severity="major",
        state=state,
        overdue=overdue,
        lead="housing",
        place=QUYANG,
        actor="li",
        at=START,
    )
    return _envelope(event, version)


def _envelope(event: Event, version: int, days: float = 0) -> Envelope:
    event_id = deterministic_id("test", event.aggregate_id, event.type, version)
    return Envelope(event_id, "/310109/intake", START + timedelta(days=days, minutes=version), event)


def take(workshop: Workshop, *envelopes: Envelope) -> None:
    """One batch, in one transaction, without the inbox: the tables must guard themselves."""
    with workshop.open() as work:
        SUBSCRIPTION.apply([envelope for envelope in envelopes if SUBSCRIPTION.wants(envelope)], work)


def assignments(workshop: Workshop) -> list[tuple[str, TicketAssigned]]:
    """(topic, assignment) in the order of sending."""
    return [(topic, event) for topic, event in sent(workshop) if isinstance(event, TicketAssigned)]


def sent(workshop: Workshop) -> list[tuple[str, Event]]:
    """(topic, message) in the order of sending; without the state topics."""
    with workshop.engine.connect() as connection:
        streams = ~outbox.c.topic.endswith(".state")
        rows = connection.execute(select(outbox).where(streams).order_by(outbox.c.seq)).all()
    return [(row.topic, Envelope.parse(unpack_headers(row.headers), row.value, EVENTS).event) for row in rows]


def waiting_for_locks(workshop: Workshop) -> int:
    """How many sessions of this database wait for a lock."""
    locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with workshop.engine.connect() as connection:
        return int(connection.execute(text(locks)).scalar_one())


def ticket_fact(event: type[Event], version: int = 3, **more: Any) -> Envelope:
    facts = dispatched(1).event.model_dump() | {"version": version} | more
    return Envelope(uuid4(), "/310109/intake", START, event.model_validate(facts))
