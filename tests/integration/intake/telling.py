"""Rows to be sent, a stand-in gateway, and a sender between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from demo.sms_gateway import TOKEN
from services.chassis.database.work import Work
from services.intake.app.prepare_telling import PrepareTelling
from services.intake.app.sending_ports import Addressee, Gateway, Links, Telling
from services.intake.domain.sending import NextWay, Retrying, SendingRules
from services.intake.domain.telling import TellingState, Way
from services.intake.files.sending_rules import sending_rules
from services.intake.outbound.gateways import SmsGateway
from services.intake.outbound.telling_sender import TellingSender
from services.intake.store.telling_stops import telling_stops
from services.intake.store.telling_tables import telling_tries, tellings
from tests.integration.intake.conftest import Intake

CALLER = {"name": "王小美", "phone": "13812345678"}
RULES: SendingRules = sending_rules()
AT_ONCE = RULES.model_copy(update={"retry": Retrying(first_s=0, longest_s=0, attempts=3, longest_retry_after_s=7200)})


def tell(intake: Intake, ticket_id: str, way: Way = Way.SMS, **more: Any) -> str:
    """Plans a message about a ticket, due now; returns its id."""
    telling_id, now = str(uuid4()), intake.clock.now()
    row = {
        "id": telling_id,
        "ticket_id": ticket_id,
        "person": intake.show(ticket_id)["ticket_id"],
        "occasion": "answered",
        "occurrence": telling_id,
        "facts": {"what": "已修好。"},
        "way": way,
        "state": TellingState.WAITING,
        "planned_at": now,
        "not_before": now,
    }
    with intake.workshop.engine.begin() as connection:
        connection.execute(insert(tellings).values({**row, **more}))
    return telling_id


def filed(intake: Intake, number: int = 0) -> str:
    """A ticket of a caller with a telephone of their own."""
    return intake.file(caller={"name": "王小美", "phone": f"138{number:08d}" if number else CALLER["phone"]})


def row_of(intake: Intake, telling_id: str) -> Mapping[str, Any]:
    """The row as it stands."""
    with intake.workshop.engine.connect() as connection:
        return connection.execute(select(tellings).where(tellings.c.id == telling_id)).mappings().one()


def state_of(intake: Intake, telling_id: str) -> tuple[str, str, str | None]:
    """(way, state, cause)"""
    row = row_of(intake, telling_id)
    return row["way"], row["state"], row["cause"]


def tries(intake: Intake, telling_id: str) -> list[tuple[str, str, str | None]]:
    """(way, outcome, cause) of what was tried in vain, in order."""
    columns = (telling_tries.c.way, telling_tries.c.outcome, telling_tries.c.cause)
    query = select(*columns).where(telling_tries.c.telling_id == telling_id).order_by(telling_tries.c.number)
    with intake.workshop.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]  # type: ignore[misc]


def stopped(work: Work, persons: Collection[str]) -> set[str]:
    """Those of `persons` who want no messages."""
    asked = select(telling_stops.c.person).where(telling_stops.c.person.in_(persons))
    return set(work.connection.execute(asked).scalars())


def words(telling: Telling, language: str, way: Way) -> str:
    return f"【12345】{telling.facts['what']}{telling.facts['link'] if telling.facts.get('asks') else ''}"


def preparing(intake: Intake, **parts: Any) -> PrepareTelling:
    """With the caller out of the vault, words that say what the row says, and everything still true."""

    def addressee(work: Work, telling: Telling) -> Addressee | None:
        caller = intake.vault.reveal(work, telling.ticket_id)
        return caller and Addressee(caller.phone, "xiaomei@example.org")

    links: Links | None = None
    return replace(PrepareTelling(lambda *_: None, words, addressee, links), **parts)


def sender_to(
    intake: Intake,
    url: str,
    rules: SendingRules = AT_ONCE,
    ways: frozenset[Way] = frozenset({Way.SMS, Way.CALL}),
    gateway: Gateway | None = None,
    allowed: Callable[[str], Collection[Way]] = lambda _: Way,
    **parts: Any,
) -> TellingSender:
    made = gateway or SmsGateway(url, TOKEN, rules.passing_statuses)
    return TellingSender(made, preparing(intake, **parts), rules.retry, NextWay(rules, ways, allowed))


def send_all(intake: Intake, sender: TellingSender) -> None:
    """Until nothing is due any more, or the gateway wants to rest."""
    while sender.send_next(intake.workshop):
        pass


def expire_claims(intake: Intake) -> None:
    """As if the time of every claim were over."""
    intake.execute("UPDATE tellings SET due_at = now() WHERE state = 'sending'")
